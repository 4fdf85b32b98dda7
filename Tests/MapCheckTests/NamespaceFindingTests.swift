import ImageSwap
import MapCheck
import Testing

/// What is found in a namespace's file, as it is laid over the map file.
struct NamespaceFindingTests {
    /// `KIND LINE: MESSAGE`, without notes.
    private static func found(_ own: String, over base: String) -> [String] {
        MapCheck(Array(own.utf8), over: MapFile(base)).findings.filter { $0.severity != .note }
            .map { "\($0.kind.rawValue) \($0.line): \($0.message)" }
    }

    @Test(
        arguments: [
            // Neither a default of its own nor anything that is wrong with the map file is asked of it.
            ("z.io::b.io", "rubbish\n[REPLACE]a*::x.io\n[REPLACE]aa*::\ndefault::c.io", []),
            ("", "default::c.io", ["no-rules 1: there is no rule: the map file's alone serve"]),
            ("[PULL_SECRET]c.io::x", "default::c.io", []),
            ("rubbish", "default::c.io", ["no-rules 1", "invalid-line 1"]),
            // its patterns stand before the map file's: that it takes what they took is its purpose
            ("[REPLACE]a*::b.io", "[REPLACE]aa*::c.io\na.io::d.io", []),
            (
                "[REPLACE]a*::b.io\n[REPLACE]aa*::c.io", "default::x.io",
                ["shadowed 2: the pattern a* of line 1 comes earlier and takes all that this takes"]
            ),
            (
                "a.io::b.io", "[REPLACE]a.io/*::c.io",
                ["shadowed 1: the pattern a.io/* of line 1 of the map file goes before all keys"]
            ),
            ("[REPLACE]*::b.io", "default::x.io", ["takes-everything 1"]),
            // chains that only both together make
            (
                "b.io::c.io/x", "a.io::b.io",
                ["chain 1: a.io/x becomes b.io/x by line 1 of the map file, and c.io/x/x at the next swap, by line 1"]
            ),
            (
                "a.io::b.io", "b.io::c.io/x",
                ["chain 1: a.io/x becomes b.io/x, and c.io/x/x at the next swap, by line 1 of the map file"]
            ),
            ("z.io::y.io", "a.io::b.io\nb.io::c.io", []),
            // pull secrets: the map file's rules reach a place too
            ("[PULL_SECRET]m.io::x", "default::m.io", []),
            ("[PULL_SECRET]n.io::x", "default::m.io", ["unreached-secret 1"]),
            ("default::n.io\n[PULL_SECRET]m.io::x", "default::m.io", ["unreached-secret 2"]),
            ("default::n.io", "default::m.io\n[PULL_SECRET]q.io::x\n[PULL_SECRET]docker.io::y", []),
            ("[PULL_SECRET]docker.io/a::x", "docker.io/a::\n[PULL_SECRET]index.docker.io/a::y", []),
        ] as [(String, String, [String])])
    func onlyItsOwnLinesAreToldOf(own: String, base: String, found: [String]) {
        let seen = Self.found(own, over: base)
        #expect(seen.count == found.count, "\(seen)")
        for (one, wanted) in zip(seen, found) { #expect(one.hasPrefix(wanted)) }
    }

    @Test func aKeyOfTheMapFileMayMakeARegistryOfItsOwnOfDockerHubsOtherName() {
        let own = "index.docker.io/a::m.io"
        #expect(Self.found(own, over: "default::x.io").map { $0.prefix(16) } == ["never-matches 1:"])
        #expect(Self.found(own, over: "index.docker.io::x.io").isEmpty)
    }

    @Test func whatTheMapFileLeavesAloneIsNamedWithIt() {
        let check = MapCheck(Array("a.io::ghcr.io/x".utf8), over: MapFile("# one\nghcr.io::"))
        let notes = check.findings.filter { $0.kind == .noswapTarget }.map(\.message)
        #expect(notes.count == 1 && notes[0].hasPrefix("line 2 of the map file leaves ghcr.io alone, "))
    }
}
