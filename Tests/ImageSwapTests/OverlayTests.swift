import ImageSwap
import TestSupport
import Testing

/// A namespace's own map file, laid over the one for all.
struct OverlayTests {
    static let maps = """
        default::m.example.com
        quay.io::m.example.com/quay
        [REPLACE]*/debug-*::m.example.com/debug
        [EXACT]busybox:1::m.example.com/tools/busybox:1
        noswap_wildcards::keep
        """

    private static func policy(_ own: String, over maps: String = maps) -> SwapPolicy {
        .maps(Rules(MapFile(maps).overlaid(by: MapFile(own))))
    }

    @Test(
        arguments: [
            // nothing of its own
            ("", "quay.io/a:1", "m.example.com/quay/a:1"), ("", "a/debug-x", "m.example.com/debug/debug-x"),
            // the same key, its value
            ("quay.io::own.example.com", "quay.io/a:1", "own.example.com/a:1"),
            ("QUAY.io/::", "quay.io/a:1", "quay.io/a:1"), ("default::", "gcr.io/a", "gcr.io/a"),
            ("default::own.example.com", "gcr.io/a", "own.example.com/a"),
            ("[EXACT]busybox:1::", "busybox:1", "busybox:1"),
            // beside the others
            ("quay.io/a::own.example.com/a", "quay.io/a/b", "own.example.com/a/b"),
            ("quay.io/a::own.example.com/a", "quay.io/b", "m.example.com/quay/b"),
            // its patterns first, in its order
            (
                "[REPLACE]*x::own.example.com/x\n[REPLACE]*/debug-*::own.example.com/y", "a/debug-x",
                "own.example.com/x/debug-x"
            ),
            (
                "[REPLACE]*x::own.example.com/x\n[REPLACE]*/debug-*::own.example.com/y", "a/debug-y",
                "own.example.com/y/debug-y"
            ),
            ("[REPLACE]*/debug-*::", "a/debug-y", "a/debug-y"),
            // its wildcards in place of the others
            ("noswap_wildcards::other", "gcr.io/keep", "m.example.com/keep"),
            ("noswap_wildcards::other", "gcr.io/other", "gcr.io/other"),
            ("noswap_wildcards::", "gcr.io/keep", "m.example.com/keep"),
            // what lies where an overruled rule put images is not there any more
            (
                "quay.io::own.example.com/quay\ndefault::own.example.com", "m.example.com/quay/a",
                "own.example.com/quay/a"
            ),
            ("own.example.com::", "own.example.com/a", "own.example.com/a"),
            ("default::own.example.com", "own.example.com/a", "own.example.com/a"),
        ])
    func theNamespacesOwnRulesCount(own: String, image: String, result: String) {
        #expect(Self.policy(own).swap(image).image == result)
    }

    @Test func itTellsWhoseLineDecided() {
        let policy = Self.policy("# why\n\ngcr.io::own.example.com\nnoswap_wildcards::stay")
        let own = policy.swap("gcr.io/a").swap
        #expect(own.line == 3)
        #expect(own.rule?.isOfNamespace == true)
        let shared = policy.swap("quay.io/a").swap
        #expect(shared.line == 2)
        #expect(shared.rule?.isOfNamespace == false)
        #expect(policy.swap("stay/a").swap.rule?.isOfNamespace == true)
        #expect(policy.swap("own.example.com/a").swap.rule?.isOfNamespace == true)
        #expect(policy.swap("m.example.com/a").swap.rule?.isOfNamespace == false)
    }

    /// A file laid over itself says what it says.
    @Test(arguments: UInt64(0)..<4)
    func laidOverItselfItChangesNothing(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        for _ in 0..<200 {
            let set = RuleSet(&random)
            let text = set.description
            let (alone, twice) = (SwapPolicy(maps: text), Self.policy(text, over: text))
            for _ in 0..<10 {
                let image = RuleSet.image(&random)
                #expect(alone.swap(image).image == twice.swap(image).image, "\(text): \(image)")
            }
        }
    }
}
