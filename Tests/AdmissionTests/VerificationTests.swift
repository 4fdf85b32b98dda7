// What becomes of images at places that are verified, by what the registries say.

import Admission
import Foundation
import ImageSwap
import Testing

struct VerificationTests {
    static let maps = """
        default::a.io/m|b.io|c.io
        quay.io::free.io|a.io
        gcr.io::a.io/m|free.io
        ghcr.io::a.io/m
        d.io::a.io
        [VERIFY]a.io::
        [VERIFY]b.io::pin
        [VERIFY]c.io::
        """
    static let digest = "sha256:" + repeated("d", 64)
    static let other = "sha256:" + repeated("e", 64)

    /// A registry that answers by a table; what is not in it is unknown.
    static func answer(
        to images: [String], _ known: [String: Presence], maps: String = maps, options: Reviewer.Options = .init()
    ) throws -> (results: [String], decisions: [String], asked: [String], outcome: Reviewer.Outcome) {
        var reviewer = Reviewer(options)
        let body = Array(review(object: PullSecretTests.pod(images: images)).utf8)
        let policy = SwapPolicy.maps(Rules(MapFile(maps)))
        try reviewer.read(body.span)
        reviewer.decide(under: policy)
        let asked = reviewer.questions.images.map { String(decoding: $0, as: UTF8.self) }
        reviewer.settle(asked.map { known[$0] ?? .unknown })
        let outcome = try reviewer.answer(body.span, under: policy)
        let results = reviewer.images.map { String(decoding: reviewer.results[$0.result], as: UTF8.self) }
        return (results, reviewer.images.map(\.swap.decision.name), asked, outcome)
    }

    static let rubbish = Array("rubbish".utf8)
    static let there = Presence.present(digest: Array(digest.utf8))

    struct Case: CustomTestStringConvertible {
        let image: String
        let known: [String: Presence]
        /// Empty where it stays.
        let result: String
        let decision: String

        init(_ image: String, _ known: [String: Presence], _ result: String, _ decision: String) {
            self.image = image
            self.known = known
            self.result = result
            self.decision = decision
        }

        var testDescription: String { "\(image) → \(result), \(decision)" }
    }

    static let cases = [
        // The first that is there wins.
        Case("x:1", ["a.io/m/x:1": there, "b.io/x:1": there], "a.io/m/x:1", "default"),
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": there], "b.io/x:1@\(digest)", "default"),
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": .absent, "c.io/x:1": there], "c.io/x:1", "default"),
        // Where all are absent it stays.
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": .absent, "c.io/x:1": .absent], "", "not-mirrored"),
        Case("ghcr.io/x", ["a.io/m/x": .absent], "", "not-mirrored"),
        // One that is there goes before one of which nothing is known.
        Case("x:1", ["b.io/x:1": there], "b.io/x:1@\(digest)", "default"),
        // With a tag and a digest, the digest stays.
        Case("x:1@\(other)", ["b.io/x:1@\(other)": there], "b.io/x:1@\(other)", "default"),
        Case("x", ["b.io/x": there], "b.io/x@\(digest)", "default"),
        // Nobody is asked about what needs no word.
        Case("quay.io/x", [:], "free.io/x", "map"),
        Case("gcr.io/x", ["a.io/m/x": .absent], "free.io/x", "map"),
        Case("gcr.io/x", ["a.io/m/x": there], "a.io/m/x", "map"),
        // What is there already is no result.
        Case("b.io/y:1", ["b.io/y:1": .absent], "", "already-swapped"),
        Case("a b", [:], "", "invalid-image"),
    ]

    @Test(arguments: cases, [false, true])
    func theFirstTargetThatIsThereWins(row: Case, keepsUnknown: Bool) throws {
        var options = Reviewer.Options()
        options.keepsUnknown = keepsUnknown
        let (results, decisions, _, outcome) = try Self.answer(to: [row.image], row.known, options: options)
        #expect(results == [row.result])
        #expect(decisions == [row.decision])
        #expect(outcome == (row.result.isEmpty ? .unchanged : .patched))
    }

    @Test(arguments: [
        Case("x:1", [:], "a.io/m/x:1", "default"),
        Case("x:1", ["a.io/m/x:1": .absent], "b.io/x:1", "default"),
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": .absent], "c.io/x:1", "default"),
        // The port is the image's own: nobody is made to ask there.
        Case("d.io:9999/x", ["a.io:9999/x": there], "a.io:9999/x", "map"),
        // What no valid image comes of says nothing.
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": .present(digest: [])], "b.io/x:1", "default"),
        Case("x:1", ["a.io/m/x:1": .absent, "b.io/x:1": .present(digest: rubbish)], "b.io/x:1", "default"),
    ])
    func whereNothingIsCertainTheSettingDecides(row: Case) throws {
        let (results, decisions, _, _) = try Self.answer(to: [row.image], row.known)
        #expect(results == [row.result])
        #expect(decisions == [row.decision])
        var options = Reviewer.Options()
        options.keepsUnknown = true
        let kept = try Self.answer(to: [row.image], row.known, options: options)
        #expect(kept.results == [""])
        #expect(kept.decisions == ["not-verified"])
        #expect(kept.outcome == .unchanged)
    }

    @Test func eachImageIsAskedForOnceInOneGo() throws {
        let (_, _, asked, _) = try Self.answer(to: ["x", "docker.io/x", "y", "x", "quay.io/z"], [:])
        #expect(asked == ["a.io/m/x", "b.io/x", "c.io/x", "a.io/m/y", "b.io/y", "c.io/y"])
    }

    @Test(arguments: [
        ("d.io:5000/x", ["b.io:5000/x"]), ("d.io:5001/x", ["b.io:5001/x"]), ("d.io:5002/x", []),
        ("d.io/x", ["b.io/x"]),
    ])
    func onlyPortsThatRulesNameAreAsked(image: String, asked: [String]) throws {
        let maps = "d.io::b.io\ne.io::b.io:5000/m\n[VERIFY]b.io::\n[VERIFY]b.io:5001::pin"
        #expect(try Self.answer(to: [image], [:], maps: maps).asked == asked)
    }

    @Test func imagesThatWaitAndOthersKeepTheirOrder() throws {
        let known = ["a.io/m/x": Presence.absent, "b.io/x": Self.there, "a.io/m/y": Self.there]
        let (results, _, _, _) = try Self.answer(to: ["x", "quay.io/z", "y", "a.io/m/w"], known)
        #expect(results == ["b.io/x@\(Self.digest)", "free.io/z", "a.io/m/y", ""])
    }

    @Test func imagesThatAnUpdateLeavesAreNotAskedFor() throws {
        let pod = PullSecretTests.pod(images: ["x"])
        var reviewer = Reviewer(Reviewer.Options())
        try reviewer.read(Array(review(operation: "UPDATE", object: pod, old: pod).utf8).span)
        reviewer.decide(under: .maps(Rules(MapFile(Self.maps))))
        #expect(reviewer.questions.isEmpty)
    }

    /// A program without a verifier takes the first target, and the next review starts anew.
    @Test func unansweredQuestionsAreUnknown() throws {
        let policy = SwapPolicy.maps(Rules(MapFile(Self.maps)))
        var reviewer = Reviewer(Reviewer.Options())
        for (image, result) in [("x", "a.io/m/x"), ("quay.io/z", "free.io/z"), ("y", "a.io/m/y")] {
            let body = Array(review(object: PullSecretTests.pod(images: [image])).utf8)
            #expect(try reviewer.review(body.span, under: policy) == .patched)
            #expect(String(decoding: reviewer.results, as: UTF8.self) == result)
            #expect(reviewer.questions.isEmpty)
        }
    }

    @Test func pullSecretsAreThoseOfTheTargetThatWasTaken() throws {
        let maps = Self.maps + "\n[PULL_SECRET]a.io::one\n[PULL_SECRET]b.io::two"
        var reviewer = Reviewer(Reviewer.Options())
        let body = Array(review(object: PullSecretTests.pod(images: ["x"])).utf8)
        let policy = SwapPolicy.maps(Rules(MapFile(maps)))
        try reviewer.read(body.span)
        reviewer.decide(under: policy)
        reviewer.settle([.absent, Self.there, .unknown])
        _ = try reviewer.answer(body.span, under: policy)
        #expect(reviewer.pullSecrets == [Array("two".utf8)])
    }
}
