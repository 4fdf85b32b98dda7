// The inside of JSON strings: escapes, control characters and UTF-8, at each place of the scanner's eight-byte steps.

import Admission
import Testing

struct JSONStringTests {
    struct Refused: CustomTestStringConvertible {
        let inside: [UInt8]
        let problem: ReviewError.Problem
        let offset: Int

        init(_ inside: String, _ problem: ReviewError.Problem, at offset: Int = 0) {
            self.init(Array(inside.utf8), problem, at: offset)
        }

        init(_ inside: [UInt8], _ problem: ReviewError.Problem = .utf8, at offset: Int = 0) {
            self.inside = inside
            self.problem = problem
            self.offset = offset
        }

        var testDescription: String { String(decoding: inside, as: UTF8.self).debugDescription }
    }

    static let accepted: [String] = [
        #"\""#, #"\\"#, #"\/"#, #"\b"#, #"\f"#, #"\n"#, #"\r"#, #"\t"#, #"\u0041"#, #"\u0000"#, #"\uabCD"#, #"\uFFFF"#,
        #"\ud7ff\ue000"#, #"\uD83D\uDE00"#, #"\ud800\udc00"#, #"\udbff\udfff"#, #"\\u"#, #"\\\""#, #"\\\\"#,
        #"\"\"\"\""#,
        "\u{7f}", "\u{80}", "\u{7ff}", "\u{800}", "\u{d7ff}", "\u{e000}", "\u{feff}", "\u{ffff}", "\u{10000}",
        "\u{10ffff}", "\u{2028}", "e\u{301}", "日本語", "/", "'",
    ]

    static let refusedEscapes: [Refused] = [
        Refused(#"\x41"#, .escape),
        Refused(#"\'"#, .escape),
        Refused(#"\a"#, .escape),
        Refused(#"\v"#, .escape),
        Refused(#"\0"#, .escape),
        Refused(#"\ "#, .escape),
        Refused("\\\n", .escape),
        Refused("\\é", .escape),
        Refused(#"\U00000041"#, .escape),
        Refused(#"\N"#, .escape),
        Refused(#"\u004g"#, .escape),
        Refused(#"\u 041"#, .escape),
        Refused(#"\u+041"#, .escape),
        Refused(#"\u0x41"#, .escape),
        Refused(#"\u{41}"#, .escape),
        Refused(#"\u00é41"#, .escape),
        Refused(#"ab\q"#, .escape, at: 2),
        Refused(#"\\\q"#, .escape, at: 2),
        Refused(#"\"\q"#, .escape, at: 2),
        Refused(#"\n\u12 "#, .escape, at: 2),
        // half a surrogate pair, or the halves in the wrong order
        Refused(#"\ud800"#, .loneSurrogate),
        Refused(#"\uDBFF"#, .loneSurrogate),
        Refused(#"\udc00"#, .loneSurrogate),
        Refused(#"\uDFFF"#, .loneSurrogate),
        Refused(#"\uDE00\uD83D"#, .loneSurrogate),
        Refused(#"\uD83D\uD83D"#, .loneSurrogate),
        Refused(#"\uD83D\uD83D\uDE00"#, .loneSurrogate),
        Refused(#"\uD83D\uDE00\uDE00"#, .loneSurrogate, at: 12),
        Refused(#"\uD83D\u0041"#, .loneSurrogate),
        Refused(#"\uD83D\n"#, .loneSurrogate),
        Refused(#"\uD83Dx\uDE00"#, .loneSurrogate),
        Refused(#"\uD83D\\uDE00"#, .loneSurrogate),
        Refused(#"\uD83DuDE00"#, .loneSurrogate),
        Refused(#"\uD83D\uDE0g"#, .escape, at: 6),
        Refused(#"\uD83D\UDE00"#, .loneSurrogate),
        Refused(#"a\uD83D"#, .loneSurrogate, at: 1),
    ]

    static let refusedUTF8: [Refused] = [
        // continuation bytes without a beginning
        Refused([0x80]), Refused([0xbf]), Refused([0xc3, 0xa9, 0xa9], at: 2),
        // longer than need be
        Refused([0xc0, 0x80]), Refused([0xc0, 0xaf]), Refused([0xc1, 0xbf]), Refused([0xe0, 0x80, 0x80]),
        Refused([0xe0, 0x9f, 0xbf]), Refused([0xf0, 0x80, 0x80, 0x80]), Refused([0xf0, 0x8f, 0xbf, 0xbf]),
        // surrogates
        Refused([0xed, 0xa0, 0x80]), Refused([0xed, 0xbf, 0xbf]), Refused([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
        // above U+10FFFF
        Refused([0xf4, 0x90, 0x80, 0x80]), Refused([0xf5, 0x80, 0x80, 0x80]), Refused([0xf7, 0xbf, 0xbf, 0xbf]),
        Refused([0xf8, 0x88, 0x80, 0x80, 0x80]), Refused([0xfc, 0x84, 0x80, 0x80, 0x80, 0x80]), Refused([0xfe]),
        Refused([0xff]), Refused([0xff, 0xfe]),
        // cut off
        Refused([0xc3]), Refused([0xdf]), Refused([0xe2]), Refused([0xe2, 0x82]), Refused([0xf0]),
        Refused([0xf0, 0x9f]),
        Refused([0xf0, 0x9f, 0x98]),
        // cut off by another character
        Refused([0xc3, 0x28]), Refused([0xc3, 0xc3, 0xa9]), Refused([0xe2, 0x28, 0xa1]), Refused([0xe2, 0x82, 0x28]),
        Refused([0xe2, 0x82, 0xc3, 0xa9]), Refused([0xf0, 0x28, 0x8c, 0xbc]), Refused([0xf0, 0x90, 0x28, 0xbc]),
        Refused([0xf0, 0x90, 0x8c, 0x28]), Refused([0xf0, 0x9f, 0x98, 0xf0, 0x9f, 0x98, 0x80]),
        Refused([0xc3, 0x5c, 0x22]), Refused([0xe9]), Refused([0x61, 0xe9, 0x62], at: 1),
    ]

    static let refusedControls = (UInt8(0)..<0x20).map { Refused([$0], .controlCharacter) }

    @Test(arguments: accepted)
    func aStringIsAcceptedAtEachPlaceOfAStep(inside: String) {
        for start in 0..<9 {
            for length in 0..<9 {
                let padding = Array(repeating: UInt8(ascii: "a"), count: length)
                for text in [padding + inside.utf8, inside.utf8 + padding, padding + inside.utf8 + padding] {
                    let quoted = [UInt8(ascii: "\"")] + text + [UInt8(ascii: "\"")]
                    let space = Array(repeating: UInt8(ascii: " "), count: start)
                    #expect(problem(ofJSON: space + quoted) == nil)
                    #expect(problem(ofJSON: space + Array("{".utf8) + quoted + Array(":1}".utf8)) == nil)
                }
            }
        }
    }

    @Test(arguments: refusedEscapes + refusedUTF8 + refusedControls)
    func aBrokenOneIsRefusedAtEachPlaceOfAStep(row: Refused) {
        for start in 0..<9 {
            let before = Array(("[" + repeated(" ", start) + "\"").utf8)
            for length in 0..<18 {
                let padding = Array(repeating: UInt8(ascii: "a"), count: length)
                let json = before + padding + row.inside
                let expected = json.count - row.inside.count + row.offset
                for rest in ["\", 1234567]", "bcdefghijklmn\"]"] {
                    let error = problem(ofJSON: json + rest.utf8)
                    #expect(error?.problem == row.problem && error?.offset == expected)
                }
                guard row.problem == .utf8 || row.problem == .controlCharacter else { continue }
                // at the very end of the document too
                let error = problem(ofJSON: json)
                #expect(error?.problem == row.problem && error?.offset == expected)
            }
        }
    }

    @Test(arguments: JSONPlace.all)
    func aBrokenOneIsRefusedWhereverItStands(place: JSONPlace) {
        for row in Self.refusedEscapes + Self.refusedUTF8 + Self.refusedControls {
            let string = [UInt8(ascii: "\"")] + row.inside + [UInt8(ascii: "\"")]
            let forms: [(before: String, after: String)] = [
                ("", ", \"padding\": 1"), ("[", " , 12345678]"), ("{", ":12345678}"), (#"{"a":"#, ",\"b\":123}"),
                (#"{"image":"#, ",\"b\":123}"), (#"{"name":"#, ",\"b\":123}"), (#"[{"name":"#, ",\"b\":123}]"),
            ]
            for form in forms {
                let start = place.before + form.before.utf8
                // The first form's rest is a member of whatever object the place is in.
                if form.before.isEmpty, place.after.first == UInt8(ascii: "]") { continue }
                let error = problem(ofReview: start + string + form.after.utf8 + place.after)
                #expect(error?.problem == row.problem, "\(form) \(row.testDescription)")
                #expect(error?.offset == start.count + 1 + row.offset, "\(form) \(row.testDescription)")
            }
        }
    }

    @Test(arguments: [
        Refused("\"", .unexpectedEnd, at: 1), Refused("\"a", .unexpectedEnd, at: 2),
        Refused("\"abcdefg", .unexpectedEnd, at: 8), Refused("\"abcdefgh", .unexpectedEnd, at: 9),
        Refused(#""\"#, .unexpectedEnd, at: 2), Refused(#""\""#, .unexpectedEnd, at: 3),
        Refused(#""\\\"#, .unexpectedEnd, at: 4), Refused(#""\\\""#, .unexpectedEnd, at: 5),
        Refused(#""\u"#, .unexpectedEnd, at: 3), Refused(#""\u004"#, .unexpectedEnd, at: 6),
        Refused(#""\u0041"#, .unexpectedEnd, at: 7), Refused(#""\ud83d\ude00"#, .unexpectedEnd, at: 13),
        Refused(#""\ud83d\ude0"#, .unexpectedEnd, at: 12), Refused(#""\ud83d\"#, .loneSurrogate, at: 1),
        Refused(#""\ud83d"#, .loneSurrogate, at: 1), Refused("\"é", .unexpectedEnd, at: 3),
    ])
    func aStringThatDoesNotEndIsRefused(row: Refused) {
        let error = problem(ofJSON: row.inside)
        #expect(error?.problem == row.problem && error?.offset == row.offset)
    }

    @Test func byteForByteUTF8IsWhatTheStandardLibrarySays() {
        func check(_ bytes: [UInt8]) {
            guard let text = String(validating: bytes, as: UTF8.self) else {
                return #expect(problem(ofJSON: [0x22] + bytes + [0x22])?.problem == .utf8, "\(bytes)")
            }
            #expect(problem(ofJSON: [0x22] + bytes + [0x22]) == nil, "\(text.unicodeScalars)")
        }
        let edges: [UInt8] = [0x61, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xff]
        for first in UInt8(0x80)...0xff {
            check([first])
            for second in UInt8(0x7e)...0xff {
                check([first, second])
                guard first >= 0xe0, edges.contains(second) else { continue }
                for third in edges {
                    check([first, second, third])
                    guard first >= 0xf0 else { continue }
                    for fourth in edges { check([first, second, third, fourth]) }
                }
            }
        }
    }
}
