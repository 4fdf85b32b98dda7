import ImageSwap
import MapCheck
import Testing

/// What is found about `[VERIFY]` lines, and about values with several targets.
struct VerificationFindingTests {
    /// `KIND LINE`, in their order, without notes of other subjects.
    private static func found(_ maps: String) -> [String] {
        MapCheck(Array(maps.utf8)).findings.filter { ![.original, .noDefault, .organisation].contains($0.kind) }
            .map { "\($0.kind.rawValue) \($0.line)" }
    }

    @Test(
        arguments: [
            ("default::m.io", "m.io", true), ("default::m.io/a", "m.io", true), ("default::m.io", "m.io/a", true),
            ("default::m.io/a", "m.io/b", false), ("default::m.io", "n.io", false),
            ("[EXACT]a::m.io/x:1", "m.io", true), ("default::b.io|m.io", "m.io", true),
            // what is only left there is no result
            ("m.io::", "m.io", false), ("noswap_wildcards::m.io", "m.io", false),
        ])
    func aPlaceWhereNoRulePutsImagesIsAskedForNothing(rules: String, place: String, isReached: Bool) {
        let found = Self.found("[VERIFY]\(place)::\n\(rules)").filter { !$0.hasPrefix("unused-targets") }
        #expect(found == (isReached ? [] : ["unreached-verify 1"]))
    }

    @Test(
        arguments: [
            ("default::a.io|b.io", true), ("default::a.io|b.io\n[VERIFY]b.io::", true),
            ("default::a.io|b.io\n[VERIFY]a.io::", false), ("default::a.io|b.io\n[VERIFY]a.io/m::pin", false),
            ("default::a.io/m|b.io\n[VERIFY]a.io::", false),
            ("default::a.io|b.io|c.io\n[VERIFY]a.io::", true), ("default::a.io", false),
            ("[EXACT]x::a.io/x:1|b.io/x:1\n[VERIFY]a.io/x::", false), ("[EXACT]x::a.io/x:1|b.io/x:1", true),
        ])
    func targetsBehindOneThatIsAlwaysTakenAreTold(maps: String, isTold: Bool) {
        #expect(Self.found(maps) == (isTold ? ["unused-targets 1"] : []))
    }

    @Test func twoNamesOfOnePlaceAreTold() {
        let maps = "default::docker.io/m\n[VERIFY]docker.io::\n[VERIFY]index.docker.io::pin"
        #expect(Self.found(maps) == ["duplicate-key 3"])
    }

    /// Each target may be the one that another rule takes.
    @Test func aChainByAnotherTargetIsFound() {
        let found = Self.found("a.io::b.io|c.io\nc.io::d.io\n[VERIFY]b.io::\n[VERIFY]c.io::")
        #expect(found == ["chain 1"])
    }

    /// The images that are tried may be another rule's, with fewer targets.
    @Test func rulesWithMoreAndFewerTargetsAreSearchedForChains() {
        #expect(Self.found("a.io::b.io|c.io|d.io\na.io/x::e.io\nb.io/x::f.io") == ["unused-targets 1"])
        #expect(Self.found("default::a.io|b.io\n[REPLACE]*/x::c.io\na.io/y::d.io") == ["unused-targets 1"])
    }

    @Test func aNamespacesFileOfVerifyLinesAloneSaysSomething() {
        let base = MapFile("default::m.io")
        #expect(MapCheck(Array("[VERIFY]m.io::pin".utf8), over: base).findings.isEmpty)
    }

    @Test func aMendChangesNoVerifyLine() throws {
        let maps = "a.io:b.io|c.io\n[VERIFY]b.io::pin\n[VERIFY]b.io::\n"
        let mended = try #require(MapCheck(Array(maps.utf8)).mended())
        #expect(String(decoding: mended, as: UTF8.self) == "a.io::b.io|c.io\n[VERIFY]b.io::\n")
    }
}
