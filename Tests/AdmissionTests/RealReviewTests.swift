import Admission
import Foundation
import ImageSwap
import Testing

/// Bodies of a real API server, as they came and written in other ways that mean the same.
struct RealReviewTests {
    @Test(arguments: Fixtures.names)
    func theBodyGivesItsPatch(name: String) throws {
        let body = try Fixtures.body(name)
        let answer = try Answer(to: body, policy: Fixtures.policy())
        #expect(try answer.patch() == Fixtures.patch(name))
        let request = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        #expect(answer.json["apiVersion"] as? String == request["apiVersion"] as? String)
        #expect(answer.json["kind"] as? String == "AdmissionReview")
        #expect(answer.response["uid"] as? String == (request["request"] as? [String: Any])?["uid"] as? String)
        #expect(answer.response["allowed"] as? Bool == true)
    }

    enum Rewriting: CaseIterable {
        case pretty, sorted, reversed, escapedNames, v1beta1
    }

    @Test(arguments: Fixtures.names, Rewriting.allCases)
    func theSameBodyWrittenAnotherWayGivesTheSamePatch(name: String, rewriting: Rewriting) throws {
        let body = try Fixtures.body(name)
        let object = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        let rewritten: Data
        switch rewriting {
        case .pretty: rewritten = try JSONSerialization.data(withJSONObject: object, options: .prettyPrinted)
        case .sorted: rewritten = try JSONSerialization.data(withJSONObject: object, options: .sortedKeys)
        case .reversed: rewritten = Data(Self.write(object) { $0 > $1 }.utf8)
        case .escapedNames: rewritten = Data(Self.write(object, escape: true) { $0 < $1 }.utf8)
        case .v1beta1:
            let text = String(decoding: body, as: UTF8.self)
            rewritten = Data(text.replacing("\"admission.k8s.io/v1\"", with: "\"admission.k8s.io/v1beta1\"").utf8)
        }
        let answer = try Answer(to: rewritten, policy: Fixtures.policy())
        #expect(try answer.patch() == Fixtures.patch(name))
        if rewriting == .v1beta1 { #expect(answer.json["apiVersion"] as? String == "admission.k8s.io/v1beta1") }
    }

    /// Writes a value with its keys in another order (`kind` after `object`, then), and every string in escapes.
    private static func write(_ value: Any, escape: Bool = false, by order: (String, String) -> Bool) -> String {
        func quoted(_ text: String) -> String {
            if escape { return "\"" + text.utf16.map { String(format: "\\u%04x", $0) }.joined() + "\"" }
            let data = try? JSONSerialization.data(withJSONObject: text, options: .fragmentsAllowed)
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
        switch value {
        case let object as [String: Any]:
            let members = object.keys.sorted(by: order).map { key in
                "\(quoted(key)) :\n" + write(object[key] as Any, escape: escape, by: order)
            }
            return "{ " + members.joined(separator: "\t, ") + "\r\n}"
        case let array as [Any]:
            return "[" + array.map { write($0, escape: escape, by: order) }.joined(separator: " , ") + " ]"
        case let text as String: return quoted(text)
        case is NSNull: return "null"
        default:
            let data = try? JSONSerialization.data(withJSONObject: value, options: .fragmentsAllowed)
            return String(decoding: data ?? Data(), as: UTF8.self)
        }
    }

    @Test func anAnswerTakenBackGivesNoPatch() throws {
        let policy = try Fixtures.policy()
        let body = String(decoding: try Fixtures.body("pod-create-by-controller.json"), as: UTF8.self)
        let patch = try Answer(to: Data(body.utf8), policy: policy).patch()
        let swapped = body.replacing(
            "\"image\":\"paulbouwer/hello-kubernetes:1.5\"",
            with: "\"image\":\"\(patch["/spec/containers/0/image"] ?? "")\""
        )
        .replacing("\"image\":\"busybox\"", with: "\"image\":\"\(patch["/spec/initContainers/0/image"] ?? "")\"")
        #expect(swapped != body)
        #expect(try Answer(to: Data(swapped.utf8), policy: policy).operations().isEmpty)
    }
}
