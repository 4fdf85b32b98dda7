// What an answer tells of its swaps: the API server's audit log, and warnings to clients.

import Admission
import Foundation
import ImageSwap
import Testing

struct AuditTrailTests {
    static let maps = "default::m.example.com\n[PULL_SECRET]m.example.com::regcred"

    private static func pod(_ count: Int, image: (Int) -> String) -> String {
        PullSecretTests.pod(images: (0..<count).map(image))
    }

    @Test func anAnswerThatSwapsSaysWhatAndByWhichRules() throws {
        let object = PodSpecPlace.cronJob.object(
            spec: """
                {"containers":[{"image":"m.example.com/a"},{"image":"nginx:1"}],"volumes":[{"image":{"reference":"v"}}]}
                """)
        let answer = try Answer(
            to: review(kind: "CronJob", object: object), maps: Self.maps, ruleSet: "0123456789ab")
        #expect(
            answer.annotations == [
                "rules": "0123456789ab",
                "swapped": "/spec/jobTemplate/spec/template/spec/containers/1/image: nginx:1 -> m.example.com/nginx:1; "
                    + "/spec/jobTemplate/spec/template/spec/volumes/0/image/reference: v -> m.example.com/v",
            ])
        #expect(answer.response["warnings"] == nil)
        #expect(answer.response["patch"] != nil)
    }

    @Test func withoutAMapFileNoRulesAreNamed() throws {
        let body = Data(review(object: Self.pod(1) { _ in "nginx" }).utf8)
        let answer = try Answer(to: body, policy: .legacy(prefix: Array("m.example.com".utf8)))
        #expect(answer.annotations == ["swapped": "/spec/containers/0/image: nginx -> m.example.com/nginx"])
    }

    @Test(arguments: [
        review(object: pod(1) { _ in "m.example.com/a" }), review(operation: "DELETE"),
        review(object: PullSecretTests.pod(metadata: OptOutTests.disabled)),
        review(object: PullSecretTests.pod(images: ["a b"])),
    ])
    func whatSwapsNothingTellsOfNothing(body: String) throws {
        let answer = try Answer(to: body, maps: Self.maps, options: TrialModeTests.options(warns: true), ruleSet: "x")
        #expect(answer.response["auditAnnotations"] == nil)
        #expect(answer.response["warnings"] == nil)
    }

    @Test func clientsAreWarnedOfEachSwapIfSoSet() throws {
        let body = review(object: PullSecretTests.pod(images: ["nginx", "m.example.com/a", "b"]))
        let answer = try Answer(to: body, maps: Self.maps, options: TrialModeTests.options(warns: true))
        #expect(answer.outcome == .patched)
        #expect(
            answer.warnings == [
                "imageswap swapped /spec/containers/0/image: nginx -> m.example.com/nginx",
                "imageswap swapped /spec/containers/2/image: b -> m.example.com/b",
            ])
    }

    /// Keys of 1 to 63 letters, digits, `-`, `_` and `.`.
    @Test func theKeysAreThoseThatTheAPIServerTakes() throws {
        let answer = try Answer(to: review(object: Self.pod(1) { _ in "nginx" }), maps: Self.maps, ruleSet: "x")
        for key in answer.annotations.keys { #expect(key.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9_.\-]{0,61}/) != nil) }
    }

    /// How many swaps are told of, and how many the rest says that there were.
    private static func parts(_ annotation: String) -> (told: Int, more: Int) {
        let parts = annotation.components(separatedBy: "; ")
        guard let last = parts.last, last.hasSuffix(" more") else { return (parts.count, 0) }
        return (parts.count - 1, Int(last.dropLast(5)) ?? 0)
    }

    @Test(arguments: [1, 2, 50, 62, 63, 64, 65, 66, 67, 68, 69, 70, 100, 101, 1000, 10_000])
    func theAnnotationIsCutWithACountAtFourKibibytes(count: Int) throws {
        let answer = try Answer(to: review(object: Self.pod(count) { "i\($0)" }), maps: Self.maps)
        let annotation = try #require(answer.annotations["swapped"])
        #expect(annotation.utf8.count <= 4096)
        let (told, more) = Self.parts(annotation)
        #expect(told + more == count)
        #expect(more == 0 || annotation.utf8.count > 3900, "there is room for more")
        for part in annotation.components(separatedBy: "; ").prefix(told) {
            #expect(part.wholeMatch(of: #/\/spec\/containers\/\d+\/image: (i\d+) -> m\.example\.com\/\1/#) != nil)
        }
    }

    @Test(arguments: [1, 2, 14, 15, 16, 17, 40, 50, 51, 52, 53, 54, 55, 56, 57, 60, 100, 10_000], [false, true])
    func warningsStayWithinWhatTheAPIServerPassesOn(count: Int, areLong: Bool) throws {
        let path = String(repeating: "p", count: areLong ? 150 : 1)
        let answer = try Answer(
            to: review(object: Self.pod(count) { "\(path)\($0)" }), maps: Self.maps,
            options: TrialModeTests.options(trial: true))
        let warnings = answer.warnings
        let characters = warnings.reduce(0) { $0 + $1.count }
        #expect(characters <= 4096)
        // The pull secret is one more.
        let last = try #require(warnings.last)
        let more = last.wholeMatch(of: /imageswap: (\d+) more/).flatMap { Int($0.1) }
        #expect(warnings.count - (more == nil ? 0 : 1) + (more ?? 0) == count + 1)
        if more == nil { #expect(last == "imageswap would add the pull secret regcred") }
        // None is cut unless it must be.
        let areCut = warnings.contains { $0.hasSuffix("...") }
        #expect(!areCut || warnings.allSatisfy { $0.count <= 256 })
        #expect(areCut == (areLong && count > 11), "\(count)")
    }

    @Test(arguments: [
        ("a\nb/c", "a?b/c"), ("é\u{202e}\u{1f600}/c", "???/c"), ("\u{7f}\u{80}\u{0}/c", "???/c"),
        (#"q"\/c"#, #"q"\/c"#),
        (String(repeating: "x", count: 1_000_000) + "/c", String(repeating: "x", count: 512) + "..."),
    ])
    func whateverAnImageIsCalledTheTextIsPrintable(image: String, shown: String) throws {
        let object: [String: Any] = ["spec": ["containers": [["image": image]]]]
        let text = String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self)
        let expected = "/spec/containers/0/image: \(shown) -> m.example.com/c"
        let answer = try Answer(
            to: review(object: text), maps: "[REPLACE]*/c::m.example.com",
            options: TrialModeTests.options(warns: true))
        #expect(answer.annotations == ["swapped": expected])
        #expect(answer.warnings == ["imageswap swapped " + expected])
    }
}
