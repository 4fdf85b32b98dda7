// What a map file's lines say, and what is reported of those that say nothing.

import ImageSwap
import TestSupport
import Testing

struct MapFileTests {
    /// A rule as a line would write it, then its line's number.
    struct Rule: Equatable, CustomStringConvertible {
        let text: String
        let line: Int

        init(_ text: String, _ line: Int = 1) {
            self.text = text
            self.line = line
        }

        init(_ rule: MapFile.Rule) {
            let key =
                switch rule.key {
                case .fallback: "default"
                case .wildcards: "noswap_wildcards"
                case .exact(let image): "[EXACT]" + String(decoding: image, as: UTF8.self)
                case .pattern(let pattern): "[REPLACE]" + String(decoding: pattern, as: UTF8.self)
                case .place(let place): String(decoding: place, as: UTF8.self)
                }
            self.init(key + "::" + String(decoding: rule.value, as: UTF8.self), rule.line)
        }

        var description: String { "\(line): \(text)" }
    }

    /// A diagnostic's `LINE:COLUMN: SEVERITY`.
    static func places(_ file: MapFile) -> [String] {
        file.diagnostics.map { "\($0.line):\($0.column): \($0.severity.rawValue)" }
    }

    struct Case: CustomTestStringConvertible {
        let text: String
        let rules: [Rule]
        let diagnostics: [String]

        init(_ text: String, _ rules: [Rule], _ diagnostics: [String] = []) {
            self.text = text
            self.rules = rules
            self.diagnostics = diagnostics
        }

        var testDescription: String { text.debugDescription }
    }

    static let accepted: [Case] = [
        Case("", []),
        Case("\n\n \n\t\r\n", []),
        Case("# nothing\n#\n   # more :: and :\n", []),
        Case("a.io::b.io", [Rule("a.io::b.io")]),
        Case("a.io::b.io\n", [Rule("a.io::b.io")]),
        Case("\n\na.io::b.io\nc.io::", [Rule("a.io::b.io", 3), Rule("c.io::", 4)]),
        Case("default::b.io\nnoswap_wildcards::x,y\n", [Rule("default::b.io"), Rule("noswap_wildcards::x,y", 2)]),
        Case("[EXACT]x:1::y:2\n[REPLACE]x*::b.io\n", [Rule("[EXACT]x:1::y:2"), Rule("[REPLACE]x*::b.io", 2)]),
        // white space and comments
        Case("a.io::b.io\r\nc.io::d.io\r\n", [Rule("a.io::b.io"), Rule("c.io::d.io", 2)]),
        Case(" a.io \t::\u{b}\u{c}b.io \r", [Rule("a.io::b.io")]),
        Case("a\u{feff}.i o:\t: b.\u{b}i\u{c}o", [Rule("a.io::b.io")]),
        Case("\u{feff}a.io::b.io\n", [Rule("a.io::b.io")]),
        Case("\u{feff}\u{feff}\n\u{feff}default\u{feff}::\u{feff}b.io\u{feff}", [Rule("default::b.io", 2)]),
        Case("[ EXACT ] x :: y", [Rule("[EXACT]x::y")]),
        Case("a.io::b.io# no :: more", [Rule("a.io::b.io")]),
        Case("a.io::b#.io", [Rule("a.io::b")]),
        Case("a.io::#b.io", [Rule("a.io::")]),
        // values and keys are trimmed of "/", but for [EXACT] and patterns
        Case("a.io//::b.io/m//", [Rule("a.io::b.io/m")]),
        Case("a.io/x/::b.io", [Rule("a.io/x::b.io")]),
        Case("[EXACT]x/::y/z", [Rule("[EXACT]x/::y/z")]),
        Case("[REPLACE]x/::y/", [Rule("[REPLACE]x/::y")]),
        Case("A.io/x::B.io", [Rule("a.io/x::B.io")]),
        Case("A.io:5000::B.io:5000", [Rule("a.io:5000::B.io:5000")]),
        Case("default/::b.io", [Rule("default::b.io")]),
        Case("default::/", [Rule("default::")]),
        // a mark is written as it is
        Case("[exact]x::b.io", [Rule("[exact]x::b.io")]),
        Case("[REPLACE][EXACT]::b.io", [Rule("[REPLACE][EXACT]::b.io")]),
        // other white space than the six kinds is part of the text
        Case("a\u{a0}b::", [Rule("a\u{a0}b::")]),
        Case("a\u{2028}b::", [Rule("a\u{2028}b::")]),
        Case("a\u{85}b::", [Rule("a\u{85}b::")]),
    ]

    static let warned: [Case] = [
        Case("a.io:b.io", [Rule("a.io::b.io")], ["1:5: warning"]),
        Case("default:", [Rule("default::")], ["1:8: warning"]),
        Case("  a.io : b.io # deprecated", [Rule("a.io::b.io")], ["1:8: warning"]),
        Case("\u{feff}a.io:b.io", [Rule("a.io::b.io")], ["1:8: warning"]),
        Case("a.io:#:b.io", [Rule("a.io::")], ["1:5: warning"]),
        // read from the left, as Python's split does
        Case("a.io:::b.io", [Rule("a.io:::b.io")], ["1:7: warning"]),
        Case("x :: : y", [Rule("x:::y")], ["1:6: warning"]),
        // no image can come of the value
        Case("a.io::https://b.io", [Rule("a.io::https://b.io")], ["1:7: warning"]),
        Case("default :: b .io/M", [Rule("default::b.io/M")], ["1:12: warning"]),
        Case("a.io::b.io:tag", [Rule("a.io::b.io:tag")], ["1:7: warning"]),
        Case("[EXACT]x::y/", [Rule("[EXACT]x::y/")], ["1:11: warning"]),
        Case("[EXACT]x::b.io/m-", [Rule("[EXACT]x::b.io/m-")], ["1:11: warning"]),
        Case("[REPLACE]x*::B", [Rule("[REPLACE]x*::B")], []),
        Case("a.io::\u{a0}b.io", [Rule("a.io::\u{a0}b.io")], ["1:7: warning"]),
        // a key that stands twice
        Case("a.io::b.io\na.io::c.io", [Rule("a.io::c.io", 2)], ["2:1: warning"]),
        Case("a.io::b.io\n\n  A.IO/::\n", [Rule("a.io::", 3)], ["3:3: warning"]),
        Case(
            "default::b.io\ndefault::c.io\ndefault:d.io\n", [Rule("default::d.io", 3)],
            ["2:1: warning", "3:8: warning", "3:1: warning"]),
        Case(
            "[REPLACE]a*::b.io\n[REPLACE]b*::c.io\n[REPLACE]a*::d.io\n",
            [Rule("[REPLACE]a*::d.io", 3), Rule("[REPLACE]b*::c.io", 2)], ["3:1: warning"]),
        // [EXACT] and [REPLACE] of the same text are two keys
        Case(
            "[EXACT]x::b.io/x\n[REPLACE]x::b.io\nx::b.io\n",
            [Rule("[EXACT]x::b.io/x"), Rule("[REPLACE]x::b.io", 2), Rule("x::b.io", 3)], []),
    ]

    static let skipped: [Case] = [
        Case("a.io", [], ["1:5: error"]),
        Case("  a.io  # ::b.io", [], ["1:7: error"]),
        Case("default", [], ["1:8: error"]),
        Case("a.io;b.io", [], ["1:10: error"]),
        Case("a.io=b.io", [], ["1:10: error"]),
        Case("a.io:5000:b.io", [], ["1:10: error"]),
        Case("a.io:b.io:5000", [], ["1:10: error"]),
        Case("a.io::b.io::c.io", [], ["1:11: error"]),
        Case("a.io::b.io\rc.io::d.io", [], ["1:16: error"]),
        Case("a.io::b.io\u{c}c.io::d.io", [], ["1:16: error"]),
        Case("a.io :: b.io : : c.io", [], ["1:14: error"]),
        Case("a.io::::b.io", [], ["1:7: error"]),
        Case("a.io:::::b.io", [], ["1:7: error"]),
        Case("::::", [], ["1:3: error"]),
        Case(":::", [], ["1:1: error"]),
        Case("::", [], ["1:1: error"]),
        Case("::b.io", [], ["1:1: error"]),
        Case("  :: b.io", [], ["1:3: error"]),
        Case(":b.io", [], ["1:1: error"]),
        Case(":", [], ["1:1: error"]),
        Case("/::b.io", [], ["1:1: error"]),
        Case("//::b.io", [], ["1:1: error"]),
        Case("[EXACT]::b.io", [], ["1:8: error"]),
        Case("[EXACT]:b.io", [], ["1:8: error"]),
        Case("[REPLACE]::b.io", [], ["1:10: error"]),
        Case(" [ REPLACE ] :: b.io", [], ["1:14: error"]),
        Case("[EXACT]", [], ["1:8: error"]),
        Case("[EXACT]x", [], ["1:9: error"]),
        Case("[::1]::b.io", [], ["1:6: error"]),
        Case("a.io::[::1]-", [], ["1:8: error"]),
        Case("\u{feff}x", [], ["1:5: error"]),
        Case("é", [], ["1:3: error"]),
    ]

    @Test(arguments: accepted + warned + skipped)
    func theLinesGiveTheirRulesAndDiagnostics(row: Case) {
        let file = MapFile(row.text)
        #expect(file.rules.map(Rule.init) == row.rules)
        #expect(Self.places(file) == row.diagnostics)
    }

    @Test(arguments: skipped)
    func aSkippedLineTakesNothingWithIt(row: Case) {
        let file = MapFile("a.example::b.example\r\n" + row.text + "\nc.example::d.example\n")
        #expect(file.rules.map(Rule.init) == [Rule("a.example::b.example"), Rule("c.example::d.example", 3)])
        #expect(Self.places(file) == row.diagnostics.map { "2" + $0.dropFirst() })
        #expect(file.diagnostics.last?.action == "the line is skipped")
    }

    /// Only the very words are keys of their own; what looks like them is a registry, in lower case.
    @Test(arguments: [
        ("default", MapFile.Key.fallback), ("noswap_wildcards", .wildcards),
        ("[EXACT]default", .exact(Array("default".utf8))),
        ("[REPLACE][EXACT]", .pattern(Array("[EXACT]".utf8))), ("default/", .place(Array("default".utf8))),
        ("Default", .place(Array("default".utf8))), ("NOSWAP_WILDCARDS", .place(Array("noswap_wildcards".utf8))),
        ("[exact]x", .place(Array("[exact]x".utf8))), ("x[EXACT]", .place(Array("x[exact]".utf8))),
    ])
    func aKeyIsOfItsKind(key: String, expected: MapFile.Key) {
        #expect(MapFile(key + "::b.io").rules.map(\.key) == [expected])
    }

    @Test func aDiagnosticIsOneLineThatSaysWhereWhatAndWhatWasDone() {
        let file = MapFile("\n[EXACT]::b.io\n")
        let expected = "2:8: error: [EXACT] must be followed by an image; the line is skipped"
        #expect(file.diagnostics.map(\.description) == [expected])
    }

    @Test func everyLineOfALongFileCounts() {
        let lines = (1...2000).map { "h\($0).example::m.example/h\($0)" }
        let file = MapFile(lines.joined(separator: "\n"))
        #expect(file.diagnostics.isEmpty)
        #expect(file.rules.map(Rule.init) == lines.enumerated().map { Rule($1, $0 + 1) })
    }

    @Test(
        arguments: [
            [0x00], [0x80], [0xff], [0xc3], [0xe2, 0x82], [0xef, 0xbb], [0xef], [0xf0, 0x9f, 0x98], [0xed, 0xa0, 0x80],
            [0xc0, 0xaf],
        ] as [[UInt8]])
    func brokenBytesStayInTheirLine(bytes: [UInt8]) {
        let start = Array("a.io::b.io\n".utf8)
        let end = Array("\nc.io::d.io\n".utf8)
        for line in [
            bytes, bytes + "x::y".utf8, "x::y".utf8 + bytes, "[EXACT]x::".utf8 + bytes,
            "[REPLACE]".utf8 + bytes + "*::y".utf8,
        ] {
            let file = MapFile((start + line + end).span)
            let lines = file.rules.map(\.line)
            #expect(lines.first == 1 && lines.last == 3)
            #expect(file.diagnostics.allSatisfy { $0.line == 2 })
            #expect(SwapPolicy.maps(Rules(file)).swap("c.io/x").image == "d.io/x")
        }
    }

    @Test func noBytesCrash() {
        var random = SplitMix64(seed: 1)
        let bits: [[UInt8]] =
            [
                "a.io", "b.io", "docker.io", "x", ":", "::", "/", "-", "#", " ", "\n", "\n", "[EXACT]", "[REPLACE]",
                "*", "[", "]", "!", "default", "noswap_wildcards", ",", "@", "\u{feff}", "\r", "é", "\0",
            ].map { Array($0.utf8) } + [[0xef], [0xbb], [0xbf], [0xff], [0x80], [0xf0]]
        var buffers = SwapBuffers()
        for _ in 0..<5000 {
            let text = (0..<random.below(24)).flatMap { _ in random.pick(bits) }
            let file = MapFile(text.span)
            #expect(file.rules.count + file.diagnostics.count { $0.severity == .error } <= text.count { $0 == 10 } + 1)
            let image = (0..<random.below(6)).flatMap { _ in random.pick(bits) }
            let swap = SwapPolicy.maps(Rules(file)).swap(image.span, &buffers)
            if swap.isChanged { #expect((try? ImageReference(buffers.result.span)) != nil) }
        }
    }
}
