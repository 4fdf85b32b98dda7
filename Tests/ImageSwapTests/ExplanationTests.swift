import Foundation
import ImageSwap
import TestSupport
import Testing

/// What is told of a swap is what the swap did.
struct ExplanationTests {
    /// The steps that can bring about a decision.
    static func steps(of decision: Decision) -> Set<Explanation.Step> {
        switch decision {
        case .exact: [.exact]
        case .replace: [.replace]
        case .invalidImage: [.reference]
        case .map, .mapNoswap: [.map]
        case .alreadySwapped: [.alreadySwapped]
        case .noswapWildcard: [.noswapWildcard]
        case .default, .defaultNoswap: [.default]
        case .invalidResult: [.exact, .replace, .map, .default, .legacy]
        case .legacy, .legacyEmptyPrefix, .legacyInternal: [.legacy]
        // No swap by itself: what registries say.
        case .notMirrored, .notVerified: []
        }
    }

    static func check(_ image: String, _ policy: SwapPolicy, _ context: @autoclosure () -> String) {
        let (result, swap) = policy.swap(image)
        let explanation = policy.explain(image)
        #expect(explanation.image == image)
        #expect(explanation.result == result && explanation.swap == swap, "\(image) under \(context())")
        guard let last = explanation.findings.last else {
            Issue.record("nothing is told of \(image) under \(context())")
            return
        }
        #expect(
            steps(of: swap.decision).contains(last.step) && last.line == swap.line,
            "\(image): \(last), but \(swap) under \(context())")
        if last.step != .legacy {
            let told = explanation.findings.map(\.step) + explanation.notReached
            #expect(told == Explanation.Step.ofMaps, "\(image) under \(context())")
        }
    }

    @Test func theGoldenCasesAreToldAsTheyAreDecided() throws {
        let file = try #require(Bundle.module.url(forResource: "Golden/swap", withExtension: "jsonl"))
        for line in try Data(contentsOf: file).split(separator: UInt8(ascii: "\n")) {
            let row = try JSONDecoder().decode(GoldenTests.Case.self, from: Data(line))
            Self.check(row.image, row.policy, row.maps)
        }
    }

    @Test func randomRulesAreToldAsTheyDecide() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<2000 {
            let ruleSet = RuleSet(&random)
            let policy = SwapPolicy(maps: ruleSet.description)
            for _ in 0..<10 { Self.check(ruleSet.image(&random), policy, ruleSet.description) }
        }
    }

    struct Case: CustomTestStringConvertible {
        let maps: String
        let image: String
        let step: Explanation.Step
        let reason: String

        init(_ maps: String, _ image: String, _ step: Explanation.Step, _ reason: String) {
            (self.maps, self.image, self.step, self.reason) = (maps, image, step, reason)
        }

        var testDescription: String { "\(image): \(step.rawValue)" }
    }

    @Test(arguments: [
        Case(
            "a.io::b.io", "x:y:z", .reference, "no kubelet takes it: an image reference cannot go on here (character 4)"
        ),
        Case("a.io::b.io", "nginx", .reference, "it is valid, and its full name is docker.io/library/nginx"),
        Case(
            "[REPLACE]*x::b.io", "b.io/x", .replace,
            "the pattern takes it, but the image lies at b.io already, where line 1 puts images, and the pattern does not name that place"
        ),
        Case(
            "a.io::b.io/m\nb.io::c.io", "b.io/m/x", .map,
            "the key takes it, but the image lies at b.io/m already, where line 1 puts images, and the key does not name that place"
        ),
        Case("a.io::b.io", "b.io/x", .alreadySwapped, "it lies at b.io, where this rule puts images"),
        Case("a.io::b.io", "b.io:5000/x", .alreadySwapped, "it lies at b.io, where this rule puts images"),
        Case(
            "[EXACT]x::y:1\na.io::b.io", "y:1", .alreadySwapped,
            "it lies at docker.io/library/y:1, where this rule puts images"),
        Case("noswap_wildcards::y,x", "x", .noswapWildcard, "it contains x"),
        Case("a.io::", "a.io/x", .map, "the key is its registry, and its value is empty, so the image stays"),
        Case(
            "a.io/m::B_", "a.io/m", .map,
            "the longest key at whose path it lies; but B_ is no valid image reference, so the image stays: a path component must be lower-case letters and digits, joined by '.', '_', '__' or '-' (character 1)"
        ),
        Case("a.io::b.io", "c.io/x", .default, "there is no default, so it stays"),
        Case("default::", "c.io/x", .default, "it is empty, so the image stays"),
    ])
    func reasonsSayWhatWasFound(row: Case) throws {
        let findings = SwapPolicy(maps: row.maps).explain(row.image).findings
        let finding = try #require(findings.first { $0.step == row.step })
        #expect(finding.reason == row.reason)
    }

    @Test(arguments: [
        ("", "nginx", "the prefix is empty"),
        ("b.io", "b.io/nginx", "the image contains b.io"),
        ("b.io", "a/nginx", "b.io/ is put before the last part of the name"),
        ("b.io/x-", "a/nginx", "b.io/x- is put before the whole image"),
        ("B_", "nginx", "what B_ makes of it is no valid image reference"),
    ])
    func legacyIsToldToo(prefix: String, image: String, reason: String) {
        let explanation = SwapPolicy.legacy(prefix: Array(prefix.utf8)).explain(image)
        #expect(explanation.findings.map(\.reason) == [reason])
        #expect(explanation.notReached.isEmpty)
    }
}
