import Foundation
import Testing

struct ReviewTests {
    static let reviews = Command.repository.appending(path: "Tests/AdmissionTests/Reviews")

    @Test func theAnswerIsTheWebhooks() throws {
        let outcome = try Command.run(["review", Self.file("pod-create-all-image-fields"), "--prefix", "b.io"])
        let answer = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        let response = try #require(answer["response"] as? [String: Any])
        #expect(response["allowed"] as? Bool == true)
        #expect(response["patchType"] as? String == "JSONPatch")
        #expect(outcome.code == 0 && outcome.errors == "")
    }

    @Test func thePatchIsReadable() throws {
        let review = try Self.review(
            #"{"spec":{"containers":[{"image":"x:1"},{"image":"b.io/y"}],"volumes":[{"image":{"reference":"z"}}]}}"#)
        let outcome = try Command.run(["review", "--patch", "--prefix", "b.io"], input: review)
        #expect(
            outcome.output == """
                [{"op":"replace","path":"/spec/containers/0/image","value":"b.io/x:1"},
                 {"op":"replace","path":"/spec/volumes/0/image/reference","value":"b.io/z"}]

                """)
        let unchanged = try Command.run(["review", "--patch", "--prefix", ""], input: review)
        #expect(unchanged.output == "[]\n")
    }

    @Test func theChangedObjectIsTheOldOneWithOtherImages() throws {
        let object =
            #"{"a": "\u0041/", "spec":{"initContainers":[{"image":"i"}],"containers":[{"image":"old","image" : "x:\u0031"}]}}"#
        let outcome = try Command.run(["review", "--apply", "--prefix", "b.io"], input: try Self.review(object))
        #expect(
            outcome.output
                == #"{"a": "\u0041/", "spec":{"initContainers":[{"image":"b.io/i"}],"containers":[{"image":"old","image" : "b.io/x:1"}]}}"#
                + "\n")
    }

    /// Each review of a real API server: the changed object is the old one with the patch made.
    @Test(arguments: [
        "deployment-create", "cronjob-create", "pod-create-all-image-fields", "pod-create-escapes", "pod-create-large",
        "podtemplate-create", "deployment-update",
    ])
    func theChangedObjectIsWhatThePatchMakes(name: String) throws {
        let file = Self.file(name)
        let changed = try Command.run(["review", "--apply", "--prefix", "b.io/x-", file])
        let patch = try Command.run(["review", "--patch", "--prefix", "b.io/x-", file])
        let operations = try #require(
            try JSONSerialization.jsonObject(with: Data(patch.output.utf8)) as? [[String: String]])
        let body = try Data(contentsOf: URL(filePath: file))
        let review = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        var object = try #require((review["request"] as? [String: Any])?["object"])
        for operation in operations {
            let path = try #require(operation["path"]).split(separator: "/").map(String.init)
            object = Self.replacing(object, path[...], try #require(operation["value"]))
        }
        let result = try #require(try JSONSerialization.jsonObject(with: Data(changed.output.utf8)) as? NSDictionary)
        #expect(result.isEqual(object))
        #expect(!operations.isEmpty)
    }

    @Test func aDeletionHasNoObject() throws {
        let outcome = try Command.run(["review", "--apply", "--prefix", "b.io", Self.file("pod-delete")])
        #expect(outcome.output == "null\n")
    }

    @Test func whatIsNoReviewEndsWith65() throws {
        let outcome = try Command.run(["review", "--prefix", "b.io"], input: "{}")
        #expect(outcome.code == 65)
        #expect(outcome.errors == "standard input: not an AdmissionReview: kind must be \"AdmissionReview\" (byte 0)\n")
        #expect(outcome.output == "")
    }

    private static func file(_ name: String) -> String { reviews.appending(path: name + ".json").path }

    private static func review(_ object: String) throws -> String {
        #"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u","kind":{"kind":"Pod"},"operation":"CREATE","object":\#(object)}}"#
    }

    private static func replacing(_ value: Any, _ path: ArraySlice<String>, _ new: String) -> Any {
        guard let first = path.first else { return new }
        if var array = value as? [Any], let index = Int(first) {
            array[index] = replacing(array[index], path.dropFirst(), new)
            return array
        }
        var object = value as? [String: Any] ?? [:]
        object[first] = replacing(object[first] ?? NSNull(), path.dropFirst(), new)
        return object
    }
}
