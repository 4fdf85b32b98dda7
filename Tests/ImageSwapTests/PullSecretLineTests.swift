import ImageSwap
import Testing

/// `[PULL_SECRET]place::name, name…`
struct PullSecretLineTests {
    private static func secrets(_ text: String) -> [(place: String, names: [String], line: Int)] {
        MapFile(text).pullSecrets.map { secret in
            (
                String(decoding: secret.place, as: UTF8.self),
                secret.names.map { String(decoding: $0, as: UTF8.self) }, secret.line
            )
        }
    }

    /// A subdomain's length is limited, that of its labels is not.
    static let longest = repeated("a", 253)

    @Test(
        arguments: [
            ("[PULL_SECRET]a.io::regcred", "a.io", ["regcred"]),
            ("[PULL_SECRET] A.io/Path// :: b , a.b-c.d , b ,, # why", "a.io/Path", ["b", "a.b-c.d"]),
            ("[PULL_SECRET]localhost:5000::0", "localhost:5000", ["0"]),
            ("[PULL_SECRET]a.io:b", "a.io", ["b"]), ("[PULL_SECRET]a.io::", "a.io", []),
            ("[PULL_SECRET]a.io::,", "a.io", []), ("[PULL_SECRET]a.io::\(longest)", "a.io", [longest]),
        ] as [(String, String, [String])])
    func aLineIsRead(line: String, place: String, names: [String]) {
        #expect(!MapFile(line).diagnostics.contains { $0.severity == .error })
        let secrets = Self.secrets(line)
        #expect(secrets.count == 1)
        #expect(secrets.first?.place == place)
        #expect(secrets.first?.names == names)
        #expect(MapFile(line).rules.isEmpty)
    }

    @Test(
        arguments: [
            ("[PULL_SECRET]::a", 14), ("[PULL_SECRET]//::a", 14), ("[PULL_SECRET]a.io::A", 20),
            ("[PULL_SECRET]a.io::ok, no_t", 24), ("[PULL_SECRET]a.io::a-", 20), ("[PULL_SECRET]a.io::a..b", 20),
            ("[PULL_SECRET]a.io::.a", 20), ("[PULL_SECRET]a.io::a/", 20), ("[PULL_SECRET]a.io::é", 20),
            ("[PULL_SECRET]a.io::-", 20), ("[PULL_SECRET]a.io::\(longest)a", 20), ("[PULL_SECRET]a.io::b::c", 21),
            ("[PULL_SECRET]a.io", 18),
        ])
    func whatNamesNoSecretIsInvalidAndSkipped(line: String, column: Int) {
        let file = MapFile("[PULL_SECRET]a.io::first\n\(line)\n")
        #expect(file.diagnostics.map(\.severity) == [.error], "\(file.diagnostics)")
        #expect(file.diagnostics.first?.line == 2)
        #expect(file.diagnostics.first?.column == column, "\(file.diagnostics)")
        #expect(Self.secrets("[PULL_SECRET]a.io::first\n\(line)\n").map(\.names) == [["first"]])
    }

    @Test(arguments: ["[PULL_SECRET]a_b.io/x::a", "[PULL_SECRET]a.io/X::a", "[PULL_SECRET]a.io/x:1::a"])
    func aPlaceWhereNoImageCanLieIsWarnedOf(line: String) {
        let file = MapFile(line)
        #expect(file.diagnostics.map(\.severity) == [.warning])
        #expect(file.diagnostics.first?.problem.hasPrefix("no image can lie at this place: ") == true)
        #expect(file.diagnostics.first?.column == 14)
    }

    @Test func ofLinesWithOneKeyTheLastCounts() {
        let file = MapFile("[PULL_SECRET]a.io::a\n[PULL_SECRET]b.io::b\n[PULL_SECRET]A.io/::c\n")
        #expect(file.diagnostics.map(\.line) == [3])
        #expect(file.diagnostics.first?.problem == "the key stands in line 1 already: keep one of the two")
        #expect(file.pullSecrets.map(\.line) == [2, 3])
    }

    @Test func aFileOfPullSecretsAloneHasSomethingToSay() {
        #expect(!Rules(MapFile("[PULL_SECRET]a.io::a")).isEmpty)
        #expect(Rules(MapFile("[PULL_SECRET]a.io::")).isEmpty)
        #expect(Rules(MapFile("a.io::b.io")).pullSecrets == nil)
    }
}
