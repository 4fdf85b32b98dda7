import Admission
import Foundation
import ImageSwap
import Testing

/// The bodies that a real API server sent, with the patch that each must give.
enum Fixtures {
    private struct Expected: Decodable {
        let maps: String
        let patches: [String: [String: String]]
    }

    private static let folder = Bundle.module.resourceURL?.appendingPathComponent("Reviews")
    private static let expected: Expected? = folder.flatMap { folder in
        try? JSONDecoder().decode(Expected.self, from: Data(contentsOf: folder.appendingPathComponent("expected.json")))
    }

    static let names = (expected?.patches.keys).map { $0.sorted() } ?? []

    static func body(_ name: String) throws -> Data {
        try Data(contentsOf: #require(folder).appendingPathComponent(name))
    }

    static func patch(_ name: String) throws -> [String: String] { try #require(expected?.patches[name]) }

    static func policy() throws -> SwapPolicy { .maps(Rules(MapFile(try #require(expected).maps))) }
}

/// An answer, as a client reads it.
struct Answer {
    let json: [String: Any]
    let outcome: Reviewer.Outcome

    init(to body: Data, policy: SwapPolicy, disableLabel: String) throws {
        var options = Reviewer.Options()
        options.label = disableLabel
        try self.init(to: body, policy: policy, options: options)
    }

    init(to body: Data, policy: SwapPolicy, options: Reviewer.Options = .init(), ruleSet: String = "") throws {
        var reviewer = Reviewer(options)
        let body = Array(body)
        try reviewer.read(body.span)
        reviewer.decide(under: policy)
        outcome = try reviewer.answer(body.span, under: policy, ruleSet: Array(ruleSet.utf8))
        json = try #require(try JSONSerialization.jsonObject(with: Data(reviewer.answer)) as? [String: Any])
    }

    init(
        to body: String, maps: String = "default::m.example.com\n", options: Reviewer.Options = .init(),
        ruleSet: String = ""
    ) throws {
        try self.init(
            to: Data(body.utf8), policy: .maps(Rules(MapFile(maps))), options: options, ruleSet: ruleSet)
    }

    var warnings: [String] { response["warnings"] as? [String] ?? [] }
    var annotations: [String: String] { response["auditAnnotations"] as? [String: String] ?? [:] }

    var response: [String: Any] { json["response"] as? [String: Any] ?? [:] }

    /// The operations in their order; empty where the answer has neither patch nor patchType.
    func operations() throws -> [[String: String]] {
        guard let patch = response["patch"] as? String else {
            #expect(response["patchType"] == nil)
            return []
        }
        #expect(response["patchType"] as? String == "JSONPatch")
        let data = try #require(Data(base64Encoded: patch))
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: String]])
    }

    /// Path → new value.
    func patch() throws -> [String: String] {
        var values: [String: String] = [:]
        for operation in try operations() {
            #expect(operation.count == 3 && operation["op"] == "replace")
            let path = try #require(operation["path"])
            #expect(values[path] == nil)
            values[path] = operation["value"]
        }
        return values
    }
}
