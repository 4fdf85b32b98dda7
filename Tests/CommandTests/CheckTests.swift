import Foundation
import TestSupport
import Testing

struct CheckTests {
    @Test func findingsArePrintedAsCompilersDo() throws {
        let folder = try TemporaryFolder()
        try folder.write("default::b.io\nrubbish\n", to: "maps")
        let outcome = try Command.run(["check", "maps"], in: folder)
        #expect(outcome.code == 1)
        #expect(outcome.errors == "1 error\n")
        #expect(
            outcome.output
                == """
                maps:2:8: error: no '::' separates a key from a value; the line is skipped [invalid-line]
                2 | rubbish
                  |        ^
                  = hint: a rule is key::value, and an empty value leaves images alone; # starts a comment

                """)
    }

    @Test func theCaretStandsBelowItsCharacter() throws {
        let folder = try TemporaryFolder()
        try folder.write("default::b.io\n\t[EXACT]\u{e9}\u{e9}::\tB_ # x\r\n", to: "maps")
        let outcome = try Command.run(["check", "maps", "--no-notes"], in: folder)
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.contains("2 | \t[EXACT]\u{e9}\u{e9}::\tB_ # x"))
        #expect(lines.contains("  | \t           \t^"), "\(outcome.output)")
        #expect(lines.contains("  | \t^~~~~~~~~"), "\(outcome.output)")
    }

    @Test(arguments: [
        ("default::b.io", [], Int32(0)),
        ("default: b.io", [], 0),
        ("default: b.io", ["--strict"], 2),
        ("default::b.io\nlocalhost::c.io", ["--strict"], 0),
        ("default:: b.io\nx", ["--strict"], 1),
    ])
    func theExitCodeTellsErrorsFromWarnings(maps: String, options: [String], code: Int32) throws {
        let outcome = try Command.run(["check", "-"] + options, input: maps)
        #expect(outcome.code == code, "\(outcome)")
    }

    /// What stands in a file shows, and does nothing to the terminal.
    @Test func controlCharactersAreNotPrinted() throws {
        let outcome = try Command.run(["check", "-"], input: "default::b.io\na\u{1b}[2Jb\u{9b}c\n")
        #expect(outcome.output.contains("2 | a\u{fffd}[2Jb\u{fffd}c\n"), "\(outcome.output)")
        let explained = try Command.run(["explain", "a\u{1b}[2Jb", "--prefix", ""])
        #expect(explained.output.hasPrefix("a\u{fffd}[2Jb\n"))
    }

    @Test func jsonIsAnObjectALine() throws {
        let outcome = try Command.run(["check", "-", "--format", "json"], input: "default: b.io\nx\n")
        let objects = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["kind"] as? String } == ["deprecated-separator", "invalid-line"])
        #expect(objects.map { $0["severity"] as? String } == ["warning", "error"])
        #expect(objects.map { $0["line"] as? Int } == [1, 2])
        #expect(objects.map { $0["column"] as? Int } == [8, 2])
    }

    @Test func workflowCommandsAreEscaped() throws {
        let folder = try TemporaryFolder()
        try folder.write("default::\nx", to: "a,b%")
        let outcome = try Command.run(["check", "a,b%", "--format", "github"], in: folder)
        #expect(
            outcome.output.hasPrefix(
                "::error file=a%2Cb%25,line=2,col=2,title=imageswap invalid-line::no '::' separates a key"))
        #expect(outcome.output.contains("skipped%0Aa rule is"))
    }

    @Test func sarifNamesEveryRuleThatAResultHas() throws {
        let outcome = try Command.run(
            ["check", "-", "--format", "sarif"], input: "default: b.io\nlocalhost::c.io\nx\n")
        let log = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
        #expect(log["version"] as? String == "2.1.0")
        let run = try #require((log["runs"] as? [[String: Any]])?.first)
        let driver = try #require((run["tool"] as? [String: Any])?["driver"] as? [String: Any])
        let rules = try #require(driver["rules"] as? [[String: Any]]).compactMap { $0["id"] as? String }
        let results = try #require(run["results"] as? [[String: Any]])
        #expect(results.map { $0["level"] as? String } == ["warning", "note", "error"])
        #expect(results.allSatisfy { rules.contains($0["ruleId"] as? String ?? "") })
    }

    @Test func aMendedFileKeepsItsModeAndWhatItIsALinkTo() throws {
        let folder = try TemporaryFolder()
        try folder.write("default: b.io # why\n", to: "real")
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: (folder / "real").path)
        try FileManager.default.createSymbolicLink(at: folder / "link", withDestinationURL: folder / "real")
        let outcome = try Command.run(["check", "--fix", "link"], in: folder)
        #expect(outcome.code == 0 && outcome.output == "")
        #expect(try folder.read("real") == "default:: b.io # why\n")
        let attributes = try FileManager.default.attributesOfItem(atPath: (folder / "real").path)
        #expect(attributes[.posixPermissions] as? Int == 0o640)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: (folder / "link").path).hasSuffix("real"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["link", "real"])
    }

    @Test func aFileThatCannotBeReadKeepsNoOtherFromBeingChecked() throws {
        let folder = try TemporaryFolder()
        try folder.write("rubbish\n", to: "maps")
        let outcome = try Command.run(["check", "nowhere", "maps"], in: folder)
        #expect(outcome.code == 66)
        #expect(outcome.errors.hasPrefix("nowhere: cannot be read: "), "\(outcome.errors)")
        #expect(outcome.output.contains("maps:1:8: error: "), "\(outcome.output)")
    }

    @Test func theMapFileOfTheRepositoryIsFine() throws {
        let file = Command.repository.appending(path: "deploy/maps/imageswap-maps.conf").path
        let outcome = try Command.run(["check", "--strict", "--no-notes", file])
        #expect(outcome.code == 0 && outcome.output == "", "\(outcome.output)")
    }
}
