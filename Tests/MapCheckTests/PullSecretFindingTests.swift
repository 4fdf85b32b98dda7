import ImageSwap
import MapCheck
import Testing

/// What is found about `[PULL_SECRET]` lines.
struct PullSecretFindingTests {
    /// `KIND LINE`, in their order, without notes of other subjects.
    private static func found(_ maps: String) -> [String] {
        MapCheck(Array(maps.utf8)).findings.filter { ![.original, .noDefault, .organisation].contains($0.kind) }
            .map { "\($0.kind.rawValue) \($0.line)" }
    }

    @Test(
        arguments: [
            // the rules, the place, and whether images come to lie there or are left there
            ("default::m.io", "m.io", true), ("default::m.io", "m.io/a", true), ("default::m.io/a", "m.io", true),
            ("default::m.io/a", "m.io/b", false), ("default::m.io/a", "m.io/ab", false),
            ("default::m.io/a", "n.io", false), ("default::M.io/a", "m.IO/a", true),
            // ports: a host without one stands for all, but not in a path
            ("default::m.io:5000", "m.io", true), ("default::m.io:5000/a", "m.io", true),
            ("default::m.io", "m.io:5000", true), ("default::m.io:5000/a", "m.io/a", false),
            ("default::m.io/a", "m.io:5000/a", false), ("default::m.io:5000", "m.io:5001", false),
            // values and places that are beginnings of names
            ("default::m.io/q-", "m.io/q-quay.io", true), ("default::m.io/q-", "m.io", true),
            ("default::m.io/q-", "m.io/q", false), ("default::m.io/quay", "m.io/q-", false),
            ("default::m.io/q-b", "m.io/q-", true),
            // values without a registry are on Docker Hub
            ("default::mirror", "docker.io/mirror", true), ("default::mirror", "mirror", true),
            ("default::mirror", "index.docker.io/mirror/a", true),
            ("[EXACT]a::m.io/x/y:1", "m.io/x/y", true), ("[EXACT]a::m.io/x/y:1@sha256:\(digits)", "m.io/x", true),
            ("[EXACT]a::m.io/x/y:1", "m.io/x/y/z", false), ("[REPLACE]*::m.io", "m.io", true),
            // what a rule leaves where it is
            ("a.io::", "a.io", true), ("a.io::", "a.io:5000/x", true), ("a.io/x::", "a.io", true),
            ("a.io/x::", "a.io/y", false), ("[EXACT]a.io/x/y:1::", "a.io/x", true),
            ("[EXACT]a::", "docker.io/library/a", true),
            ("[REPLACE]a.io/te*::", "a.io/team", true), ("[REPLACE]a.io/te*::", "a.io/other", false),
            ("[REPLACE]*/x::", "a.io", false), ("noswap_wildcards::a.io, team", "b.io/team", true),
            ("noswap_wildcards::a.io", "b.io/team", false),
            // that no rule says anything of it is not enough
            ("b.io::m.io", "a.io", false), ("default::", "a.io", false),
        ] as [(String, String, Bool)])
    func aPlaceIsToldOfWhereNoRulePutsOrLeavesImages(rules: String, place: String, isReached: Bool) {
        let found = Self.found("\(rules)\n[PULL_SECRET]\(place)::regcred").filter { !$0.hasSuffix(" 1") }
        #expect(found == (isReached ? [] : ["unreached-secret 2"]))
    }

    private static let digits = String(repeating: "0", count: 64)

    /// About commas white space is layout; within a name it makes one of two.
    @Test(arguments: [("regcred team", [27]), ("a, re gcred", [25]), ("a , b", []), ("  a,b  ", []), ("a,b\r", [])])
    func namesThatACommaIsMissingBetweenAreToldOf(names: String, columns: [Int]) {
        let check = MapCheck(Array("default::m.io\n[PULL_SECRET]m.io::\(names)\n".utf8))
        let found = check.findings.filter { $0.kind == .whiteSpace }
        #expect(found.map(\.columns.lowerBound) == columns)
        #expect(found.allSatisfy { $0.line == 2 && $0.hint == "put commas between names" })
    }

    @Test func whatWasMostLikelyMeantIsSaid() throws {
        let check = MapCheck(Array("default::m.io:5000/a\n[PULL_SECRET]m.io/a::b".utf8))
        let finding = try #require(check.findings.first { $0.kind == .unreachedSecret })
        #expect(finding.hint == "line 1 puts images at m.io:5000/a")
        #expect(finding.columns == 1..<20)
    }

    @Test(arguments: [
        ("[PULL_SECRET]docker.io::a", ["public-place 2"]), ("[PULL_SECRET] Docker.io/ ::a", ["public-place 2"]),
        ("[PULL_SECRET]index.docker.io::a", ["public-place 2"]),
        ("docker.io/team::\n[PULL_SECRET]docker.io/team::a", []),
        ("[PULL_SECRET]docker.io::", []),
        // with a key of that name it is a registry of its own
        ("index.docker.io::m.io\n[PULL_SECRET]index.docker.io::a", ["unreached-secret 3"]),
        (
            "docker.io/team::\n[PULL_SECRET]docker.io/team::a\n[PULL_SECRET]index.docker.io/team::b",
            ["duplicate-key 4"]
        ),
        ("[PULL_SECRET]m.io::a\n[PULL_SECRET]M.io/::b", ["duplicate-key 3"]),
        ("[PULL_SECRET]m.io::a, b ,a", ["repeated-secret 2"]), ("[PULL_SECRET]m.io::a, b ,, ab", []),
        ("[PULL_SECRET]n.io::", []), ("[PULL_SECRET]m.io/X::a", ["invalid-value 2"]),
        ("[PULL_SECRET]m.io::A", ["invalid-line 2"]),
    ])
    func whatIsHardlyMeantIsToldOf(lines: String, found: [String]) {
        #expect(Self.found("default::m.io\n\(lines)") == found)
    }
}
