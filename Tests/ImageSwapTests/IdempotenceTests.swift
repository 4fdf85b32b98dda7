// A swap of what a swap made changes nothing.

import ImageSwap
import TestSupport
import Testing

struct IdempotenceTests {
    /// What so many rule sets, from a seed on, were good for.
    struct Count {
        var cases = 0
        var changed = 0
        /// By a target that is not the rule's first.
        var others = 0
        var chains = 0
        var moved: [String] = []
        var decisions: Set<Decision> = []

        /// Swaps once more what a swap made, as it is and pinned.
        mutating func check(
            _ image: [UInt8], _ first: Swap, _ buffers: inout SwapBuffers, _ policy: SwapPolicy, _ ruleSet: RuleSet
        ) {
            changed += 1
            let swapped = buffers.result
            let pinned = swapped.contains(UInt8(ascii: "@")) ? [] : [swapped + IdempotenceTests.digest]
            for text in [swapped] + pinned {
                let second = policy.swap(text.span, &buffers)
                guard second.isChanged else { continue }
                let texts = [image, text, buffers.result].map { String(decoding: $0, as: UTF8.self) }
                moved.append("\(texts.joined(separator: " → ")) (\(first), \(second)) under:\n\(ruleSet)")
            }
        }
    }

    private static let digest = Array("@sha256:\(repeated("1", 64))".utf8)

    static func run(seed: UInt64, ruleSets: Int, imagesEach: Int) -> Count {
        var count = Count()
        var random = SplitMix64(seed: seed)
        var buffers = SwapBuffers()
        for _ in 0..<ruleSets {
            let ruleSet = RuleSet(&random)
            guard !ruleSet.isChain else {
                count.chains += 1
                continue
            }
            // With a place that pins somewhere, results may have got a digest.
            let policy = SwapPolicy(maps: "\(ruleSet)\n[VERIFY]v.invalid::pin")
            for _ in 0..<imagesEach {
                let image = Array(ruleSet.image(&random).utf8)
                var target = 0
                repeat {
                    let first = policy.swap(image.span, &buffers, from: target)
                    count.cases += 1
                    count.decisions.insert(first.decision)
                    target = max(first.target, target) + 1
                    if first.isChanged {
                        if first.target > 0 { count.others += 1 }
                        count.check(image, first, &buffers, policy, ruleSet)
                    }
                    guard target < first.targets else { break }
                } while true
            }
        }
        return count
    }

    @Test(arguments: [1, 2] as [UInt64])
    func aSwapOfASwapChangesNothingOutsideChains(seed: UInt64) {
        let count = Self.run(seed: seed, ruleSets: 4500, imagesEach: 40)
        #expect(count.moved.isEmpty, "\(count.moved.count) moved, as \(count.moved.first ?? "")")
        // Not vacuous: both seeds together, 120,000 cases with 70,000 swaps, and every step decided about some.
        #expect(count.cases >= 60_000)
        #expect(count.changed >= 35_000)
        #expect(count.others >= 1000)
        #expect(count.chains >= 1000)
        #expect(
            count.decisions == [
                .exact, .replace, .invalidImage, .map, .mapNoswap, .alreadySwapped, .noswapWildcard, .default,
                .defaultNoswap,
                .invalidResult,
            ])
    }

    struct Case: CustomTestStringConvertible {
        let maps: String
        let images: [String]

        init(_ maps: String, _ images: String...) {
            self.maps = maps
            self.images = images
        }

        var testDescription: String { images.joined(separator: " → ") }
    }

    /// A chain is what the user asked for: each step is taken.
    @Test(arguments: [
        Case("a.io::b.io\nb.io::c.io", "a.io/x", "b.io/x", "c.io/x", "c.io/x"),
        Case("a.io/x::a.io", "a.io/x/x/y", "a.io/x/y", "a.io/y", "a.io/y"),
        Case("a.io::a.io/m", "a.io/x", "a.io/m/x", "a.io/m/x"),
        Case("a.io::b.io\n[REPLACE]b.io/*::c.io", "a.io/x", "b.io/x", "c.io/x", "c.io/x"),
        Case("[EXACT]x::y\n[EXACT]y::z\n", "x", "y", "z", "z"),
        Case("default::b.io\n[EXACT]b.io/x::c.io/x", "x", "b.io/x", "c.io/x", "c.io/x"),
        // y is docker.io/library/y, which is not at the place docker.io/y of the pattern's own value
        Case("[EXACT]x::y\n[REPLACE]y*::y", "x", "y", "y/y", "y/y"),
        Case("[EXACT]x::y\ndocker.io/library/y::b.io/z", "x", "y", "b.io/z", "b.io/z"),
    ])
    func aChainMovesStepByStep(row: Case) {
        let policy = SwapPolicy(maps: row.maps)
        for (image, next) in zip(row.images, row.images.dropFirst()) {
            #expect(policy.swap(image).image == next)
        }
    }

    /// As short as those chains, but none of them is one.
    @Test(arguments: [
        Case("a.io::b.io\ndefault::c.io", "a.io/x", "b.io/x", "b.io/x"),
        Case("docker.io::docker.io/m", "x/y", "docker.io/m/x/y", "docker.io/m/x/y"),
        Case("default::m", "x", "m/x", "m/x"),
        Case("default::m-", "x", "m-docker.io/x", "m-docker.io/x"),
        Case("docker.io::x-", "x", "x-docker.io/x", "x-docker.io/x"),
        Case("[REPLACE]*x::b.io", "a.io/x", "b.io/x", "b.io/x"),
        Case("[REPLACE]a.io/*::a.io/m/n", "b.io/x", "b.io/x"),
        Case("[REPLACE]a.io/m-*::a.io/m-", "a.io/m-x", "a.io/m-x"),
        Case("[REPLACE]*/x::c.io\na.io::b.io", "a.io/x", "c.io/x", "c.io/x"),
        Case("[REPLACE]*::c.io\na.io::b.io", "b.io/x", "b.io/x"),
        Case("a.io::b.io:5000\nb.io::c.io", "a.io/x", "b.io:5000/x", "b.io:5000/x"),
    ])
    func elsewhereOneStepIsAll(row: Case) {
        let policy = SwapPolicy(maps: row.maps)
        for (image, next) in zip(row.images, row.images.dropFirst()) {
            #expect(policy.swap(image).image == next)
        }
    }

    @Test func noPrefixIsPutTwice() {
        var random = SplitMix64(seed: 3)
        var changed = 0
        for _ in 0..<10_000 {
            let policy = SwapPolicy.legacy(prefix: Array(RuleSet.value(&random).utf8))
            let (image, swap) = policy.swap(RuleSet.image(&random))
            if swap.isChanged { changed += 1 }
            #expect(policy.swap(image).image == image)
        }
        #expect(changed > 5000)
    }
}
