import Foundation
import TestSupport
import Testing

struct ExplainTests {
    let maps = "deploy/maps/imageswap-maps.conf"

    @Test func anImageIsToldWithItsRuleAndTheStepsBefore() throws {
        let folder = try TemporaryFolder()
        let maps = try folder.write("# ours\ndocker.io/library :: b.io/m  # official\n[REPLACE]x*::c.io\n", to: "maps")
        let outcome = try Command.run(["explain", "nginx:1", "--maps", maps])
        #expect(
            outcome.output == """
                nginx:1
                  becomes   b.io/m/nginx:1
                  decision  map, by line 2: docker.io/library :: b.io/m
                    exact            there is no [EXACT] rule
                    replace          no [REPLACE] pattern takes it
                    reference        it is valid, and its full name is docker.io/library/nginx
                  > map              line 2: the longest key at whose path it lies
                    not reached      already-swapped, noswap-wildcard, default

                """)
        #expect(outcome.code == 0 && outcome.errors == "")
    }

    @Test func standardInputIsReadALineAnImage() throws {
        let outcome = try Command.run(
            ["explain", "-", "--prefix", "b.io", "--format", "json"], input: "nginx\r\n\n  a/b:1 \n")
        let objects = try outcome.output.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
        #expect(objects.map { $0["image"] as? String } == ["nginx", "a/b:1"])
        #expect(objects.map { $0["result"] as? String } == ["b.io/nginx", "b.io/b:1"])
        #expect(objects.allSatisfy { $0["decision"] as? String == "legacy" && $0["changed"] as? Bool == true })
    }

    @Test func theMapFileMayComeFromTheEnvironment() throws {
        let folder = try TemporaryFolder()
        let maps = try folder.write("a.io::b.io\nrubbish\n", to: "maps")
        let outcome = try Command.run(["explain", "a.io/x"], environment: ["IMAGESWAP_MAPS_FILE": maps])
        #expect(outcome.output.contains("becomes   b.io/x"))
        #expect(outcome.errors.hasPrefix("\(maps):2:8: error: no '::' separates a key from a value"))
        #expect(outcome.code == 0)
    }

    @Test(arguments: [
        (["explain"], Int32(64), "Error: Missing expected argument '<image> ...'"),
        (["explain", "x"], 64, "Error: no map file: name one by --maps or IMAGESWAP_MAPS_FILE."),
        (["explain", "x", "--maps", "/nowhere"], 66, "/nowhere: cannot be read: No such file or directory (ENOENT)\n"),
        (["explain", "x", "--maps", "/"], 66, "/: cannot be read: Is a directory (EISDIR)\n"),
        (
            ["explain", "x", "--maps", "/nowhere", "--prefix", "y"], 64,
            "Error: --maps and --prefix exclude each other."
        ),
        (["explain", "x", "--prefix", "y", "--format", "xml"], 64, "Error: The value 'xml' is invalid"),
    ])
    func whatIsWrongEndsWithACodeAndALine(arguments: [String], code: Int32, message: String) throws {
        let outcome = try Command.run(arguments)
        #expect(outcome.code == code)
        #expect(outcome.errors.hasPrefix(message), "\(outcome.errors)")
        #expect(outcome.output == "")
    }

    /// The golden cases by the command, all images of a map file in one run.
    @Test func theGoldenCasesComeOutOfTheCommand() throws {
        let golden = Command.repository.appending(path: "Tests/ImageSwapTests/Golden/swap.jsonl")
        struct Case: Decodable {
            let mode, maps, prefix, image, expected, decision: String
        }
        struct Answer: Decodable {
            let image, result, decision: String
        }
        var groups: [[String]: [Case]] = [:]
        for line in try Data(contentsOf: golden).split(separator: UInt8(ascii: "\n")) {
            let row = try JSONDecoder().decode(Case.self, from: Data(line))
            // One an image a line, white space around it gone: these cannot be said so.
            let isLine = !row.image.isEmpty && row.image == row.image.trimmingCharacters(in: .whitespacesAndNewlines)
            if isLine, !row.image.contains(where: \.isNewline) {
                groups[[row.mode, row.maps, row.prefix], default: []].append(row)
            }
        }
        let folder = try TemporaryFolder()
        var count = 0
        for (rules, rows) in groups {
            let maps = try folder.write(rules[1], to: "maps")
            let options = rules[0] == "LEGACY" ? ["--prefix", rules[2]] : ["--maps", maps]
            let outcome = try Command.run(
                ["explain", "-", "--format", "json"] + options, input: rows.map(\.image).joined(separator: "\n"))
            let answers = try outcome.output.split(separator: "\n").map {
                try JSONDecoder().decode(Answer.self, from: Data($0.utf8))
            }
            #expect(answers.map(\.image) == rows.map(\.image))
            #expect(answers.map(\.result) == rows.map(\.expected), "\(rules)")
            #expect(answers.map(\.decision) == rows.map(\.decision), "\(rules)")
            count += answers.count
        }
        #expect(count > 3000)
    }
}
