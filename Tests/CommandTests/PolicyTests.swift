import Foundation
import TestSupport
import Testing

/// What the policy's expressions say is compared with the engine by scripts/check-policy, which CI runs.
struct PolicyTests {
    @Test func thePolicyAndItsBindingArePrinted() throws {
        let outcome = try Command.run(
            ["policy", "-m", "/dev/stdin", "--name", "mirror.x", "--failure-policy", "Ignore"],
            input: "default::b.io\n[REPLACE]*/\"x\\::c.io\n")
        #expect(outcome.code == 0, "\(outcome.errors)")
        let documents = outcome.output.components(separatedBy: "\n---\n")
        #expect(documents.count == 2)
        #expect(
            documents[0].contains(
                "kind: MutatingAdmissionPolicy\nmetadata:\n  name: mirror.x\nspec:\n  failurePolicy: Ignore\n"))
        #expect(documents[1].hasSuffix("spec:\n  policyName: mirror.x\n"))
        // Texts are literals of CEL, whatever is in them.
        #expect(documents[0].contains(#""literal": "/\"x\\""#))
    }

    @Test(arguments: ["a*b", "a?", "[ab]*", "*a*b", "\u{e9}*"])
    func aPatternThatCannotBeSaidIsRefusedWithItsLine(pattern: String) throws {
        let outcome = try Command.run(["policy", "-m", "-"], input: "# one\n[REPLACE]\(pattern)::b.io\n")
        #expect(outcome.code == 65)
        #expect(outcome.output == "")
        #expect(
            outcome.errors.hasPrefix("-:2: no policy can say this line: the pattern \(pattern) has "),
            "\(outcome.errors)")
    }

    @Test func pullSecretsAreRefusedWithTheirLine() throws {
        let outcome = try Command.run(["policy", "-m", "-"], input: "default::b.io\n[PULL_SECRET]b.io::key\n")
        #expect(outcome.code == 65)
        #expect(
            outcome.errors.hasPrefix("-:2: no policy can say this line: it adds no pull secrets to pods; "),
            "\(outcome.errors)")
    }

    @Test(arguments: ["# why\na.io::b.io\n", "\n[PULL_SECRET]a.io::b"])
    func aNamespacesOwnRulesAreRefusedWithFileAndLine(own: String) throws {
        let folder = try TemporaryFolder()
        try folder.write("default::b.io\n", to: "maps")
        try FileManager.default.createDirectory(at: folder / "own", withIntermediateDirectories: false)
        let options = ["policy", "-m", "maps", "--namespace-maps", "own"]
        #expect(try Command.run(options, in: folder).code == 0)
        try folder.write("# nothing\n", to: "own/a.conf")
        #expect(try Command.run(options, in: folder).code == 0)
        try folder.write(own, to: "own/team-a.conf")
        let outcome = try Command.run(options, in: folder)
        #expect(outcome.code == 65 && outcome.output == "")
        #expect(outcome.errors.hasPrefix("own/team-a.conf:2: no policy can say this line: "), "\(outcome.errors)")
    }

    @Test func theLabelKeepsAPodOutByBothValuesUnlessLabelsSayNothing() throws {
        let policy = try Command.run(["policy", "-m", "-", "--disable-label", "x/y"], input: "default::b.io\n").output
        #expect(policy.contains(#"|| !(object.metadata.labels["x/y"] in ["disabled", "audit"])"#), "\(policy)")
        let enforced = try Command.run(["policy", "-m", "-", "--ignore-labels"], input: "default::b.io\n").output
        #expect(!enforced.contains("labels") && enforced.contains("config.mirror"), "\(enforced)")
    }

    @Test(arguments: ["a*", "*a", "*a*", "*", "**", "a", "**a**"])
    func starsAtTheEndsCanBeSaid(pattern: String) throws {
        #expect(try Command.run(["policy", "-m", "-"], input: "[REPLACE]\(pattern)::b.io\n").code == 0)
    }

    @Test func aPolicyThatNoServerStoresIsToldOf() throws {
        let maps = (0..<30_000).map { "r\($0).example.com::registry.example.com/mirror/of/r\($0)\n" }.joined()
        let outcome = try Command.run(["policy", "-m", "-"], input: maps)
        #expect(outcome.code == 0 && outcome.output.utf8.count > 3 << 19)
        #expect(outcome.errors.hasPrefix("-: the policy has \(outcome.output.utf8.count) bytes: "), "\(outcome.errors)")
        #expect(try Command.run(["policy", "-m", "-"], input: "default::b.io\n").errors == "")
    }

    @Test(arguments: ["A", "a b", "-a", "a..b", "a\nb"])
    func aNameThatNoObjectMayHaveIsRefused(name: String) throws {
        let outcome = try Command.run(["policy", "-m", "-", "--name=\(name)"], input: "")
        #expect(outcome.code == 64)
        #expect(outcome.errors.contains("--name must be"))
    }
}
