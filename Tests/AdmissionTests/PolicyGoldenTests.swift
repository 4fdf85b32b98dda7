import Admission
import Foundation
import ImageSwap
import Testing

/// `policy.jsonl`: worked cases of pull secrets and of namespaces' own rules, an object a line.
struct PolicyGoldenTests {
    private static func lines() throws -> [[String: Any]] {
        let file = try #require(Bundle.module.url(forResource: "Golden/policy", withExtension: "jsonl"))
        return try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")).map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
        }
    }

    @Test func everyWorkedCaseComesOutExactly() throws {
        let lines = try Self.lines()
        #expect(lines.count > 300)
        for (number, line) in lines.enumerated() {
            let body = try #require(line["body"] as? [String: Any])
            var maps = MapFile(try #require(line["maps"] as? String))
            let namespace = (body["request"] as? [String: Any])?["namespace"] as? String
            if let namespace, let own = (line["namespaceMaps"] as? [String: String])?[namespace] {
                maps = maps.overlaid(by: MapFile(own))
            }
            let answer = try Answer(
                to: JSONSerialization.data(withJSONObject: body), policy: .maps(Rules(maps)))

            var images: [String: String] = [:]
            var pullSecrets: [[Any]] = []
            for operation in try answer.patchOperations() {
                let path = try #require(operation["path"] as? String)
                switch operation["op"] as? String {
                case "replace":
                    #expect(pullSecrets.isEmpty, "line \(number + 1): an image follows a secret")
                    images[path] = operation["value"] as? String
                case "add": pullSecrets.append([path, try #require(operation["value"])])
                default: Issue.record("line \(number + 1): \(operation)")
                }
            }
            #expect(images == line["images"] as? [String: String], "line \(number + 1)")
            let expected = try #require(line["pullSecrets"] as? NSArray)
            #expect(pullSecrets as NSArray == expected, "line \(number + 1): \(pullSecrets), not \(expected)")
        }
    }

    /// `explain` names the Secrets that a pod with the image is given, and the line that has them.
    @Test func theSecretsThatAreToldAreThoseThatAPodIsGiven() throws {
        let images = [
            "nginx", "docker.io/team/a:1", "quay.io/a/b", "registry.example.com/a", "registry.example.com:5000/team/a",
            "mirror.example.com/q-quay.io/a", "a b", "",
        ]
        var told = 0
        for line in try Self.lines() {
            let all = try #require(line["maps"] as? String)
            var files: [(text: String, own: String)] = [(all, "")]
            for own in (line["namespaceMaps"] as? [String: String] ?? [:]).values { files.append((all, own)) }
            for (text, own) in files {
                let maps = own.isEmpty ? MapFile(text) : MapFile(text).overlaid(by: MapFile(own))
                let policy = SwapPolicy.maps(Rules(maps))
                for image in images {
                    let need = policy.pullSecrets?.need(of: policy.swap(image).image)
                    var reviewer = Reviewer(disableLabel: "x")
                    let body = Data(review(object: PullSecretTests.pod(images: [image])).utf8)
                    _ = try reviewer.review(Array(body).span, under: policy)
                    let given = reviewer.pullSecrets.map { String(decoding: $0, as: UTF8.self) }
                    #expect(need?.names ?? [] == given, "\(image) under \(text)\(own)")
                    guard let place = need?.line else { continue }
                    let lines = (place.isOfNamespace ? own : text).split(
                        separator: "\n", omittingEmptySubsequences: false)
                    let secret = MapFile(String(lines[place.number - 1])).pullSecrets.first
                    #expect(secret?.names.map { String(decoding: $0, as: UTF8.self) } == need?.names)
                    told += 1
                }
            }
        }
        #expect(told > 100)
    }
}
