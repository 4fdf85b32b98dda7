// Which texts a [REPLACE] pattern takes.

import Foundation
import ImageSwap
import Testing

struct ShellPatternTests {
    /// Whether a pattern takes a text, asked of a rule that has no value, so that nothing else can decide.
    static func takes(_ pattern: String, _ text: String) -> Bool {
        SwapPolicy(maps: "[REPLACE]\(pattern)::").swap(text).swap.decision == .replace
    }

    struct Case: CustomTestStringConvertible {
        let pattern: String
        let taken: [String]
        let refused: [String]

        init(_ pattern: String, _ taken: [String], not refused: [String]) {
            self.pattern = pattern
            self.taken = taken
            self.refused = refused
        }

        var testDescription: String { pattern }
    }

    static let cases: [Case] = [
        Case("a", ["a"], not: ["", "A", "b", "aa", "a/", "/a"]),
        Case("a.io/x", ["a.io/x"], not: ["aXio/x", "a.io/xy", "a.io/", "b/a.io/x"]),
        // a star takes anything, "/" too
        Case("*", ["", "a", "a/b/c", "*", "[", "é"], not: []),
        Case("**", ["", "a", "a/b"], not: []),
        Case("a*", ["a", "ab", "a/b/c", "a*"], not: ["", "b", "ba", "A"]),
        Case("*a", ["a", "ba", "b/c/a", "aa"], not: ["", "b", "ab"]),
        Case("*a*", ["a", "bab", "/a/"], not: ["", "b", "bbb"]),
        Case("a*b*c", ["abc", "aXbYc", "abcbc", "a/b/c"], not: ["abcb", "acb", "ac", "abXcd"]),
        Case("*a*a*", ["aa", "aba", "aaa", "xaxax"], not: ["a", "ab", "xax"]),
        // a question mark takes one character, whatever it is
        Case("?", ["a", "/", "?", "é", "\u{1f600}", "\u{301}"], not: ["", "ab", "e\u{301}"]),
        Case("a?c", ["abc", "a/c", "a?c", "aéc"], not: ["ac", "abbc", "ab"]),
        Case("?*", ["a", "ab", "a/b"], not: [""]),
        Case("*??", ["ab", "abc", "éé"], not: ["", "a", "é"]),
        // sets
        Case("[ab]", ["a", "b"], not: ["", "c", "ab", "[ab]"]),
        Case("[a-c]", ["a", "b", "c"], not: ["d", "-", "A"]),
        Case("[a-cx-z]", ["b", "y"], not: ["d", "w", "-"]),
        Case("x[/]y", ["x/y"], not: ["xy", "x.y"]),
        Case("[!a]", ["b", "!", "/", "é", "]"], not: ["a", "", "bb"]),
        Case("[!a-c]", ["d", "-", "!"], not: ["a", "b", "c"]),
        Case("[a!]", ["a", "!"], not: ["b"]),
        Case("[!!]", ["a"], not: ["!"]),
        Case("[*]", ["*"], not: ["a", ""]),
        Case("[?]", ["?"], not: ["a"]),
        Case("[[]", ["["], not: ["a", "[["]),
        // a "]" first in a set belongs to it
        Case("[]]", ["]"], not: ["a", "[]", "[]]"]),
        Case("[]a]", ["]", "a"], not: ["b", "[", "]a"]),
        Case("[!]]", ["a", "[", "!"], not: ["]", ""]),
        Case("[!]a]", ["b", "!"], not: ["]", "a"]),
        Case("[]-a]", ["]", "^", "_", "a"], not: ["b", "-", "["]),
        // what does not close is literal
        Case("[", ["["], not: ["", "a", "[["]),
        Case("[a", ["[a"], not: ["a", "["]),
        Case("[a-", ["[a-"], not: ["a", "-"]),
        Case("[]", ["[]"], not: ["", "[", "]", "a"]),
        Case("[!", ["[!"], not: ["a", "!"]),
        Case("[!]", ["[!]"], not: ["a", "!", "]"]),
        Case("[[a]", ["[", "a"], not: ["[[a]", "b", "[a"]),
        Case("a[", ["a["], not: ["a", "ab"]),
        Case("[*", ["[", "[a", "[/b"], not: ["a", "*"]),
        Case("*[", ["[", "a[", "[["], not: ["[a", ""]),
        Case("]", ["]"], not: ["[", ""]),
        Case("a]", ["a]"], not: ["a"]),
        // ranges: backwards they are empty, "-" at the ends is itself
        Case("[z-a]", [], not: ["z", "a", "m", "-", "[z-a]"]),
        Case("[!z-a]", ["z", "a", "m", "-"], not: ["", "ab"]),
        Case("[z-ax]", ["x"], not: ["z", "a", "-"]),
        Case("[a-a]", ["a"], not: ["b", "-"]),
        Case("[-a]", ["-", "a"], not: ["b"]),
        Case("[a-]", ["a", "-"], not: ["b"]),
        Case("[!-]", ["a"], not: ["-"]),
        Case("[-]", ["-"], not: ["a"]),
        Case("[--]", ["-"], not: ["a", "."]),
        Case("[--/]", ["-", ".", "/"], not: ["0", ","]),
        Case("[a-c-e]", ["a", "b", "c", "-", "e"], not: ["d"]),
        Case("[.-9]", [".", "/", "0", "9"], not: ["-", "a"]),
        // no escapes, no "^" for "!", no braces
        Case("\\", ["\\"], not: [""]),
        Case("\\*", ["\\", "\\a", "\\*"], not: ["*", "a"]),
        Case("\\a", ["\\a"], not: ["a"]),
        Case("[\\]", ["\\"], not: ["]", "[\\]"]),
        Case("[\\]]", ["\\]"], not: ["]", "\\"]),
        Case("[^a]", ["^", "a"], not: ["b"]),
        Case("[a^]", ["^", "a"], not: ["b"]),
        Case("^a$", ["^a$"], not: ["a"]),
        Case("{a,b}", ["{a,b}"], not: ["a", "b"]),
        Case("a.b+c|d(e)", ["a.b+c|d(e)"], not: ["aXb+c|d(e)", "a.bbc|d(e)"]),
        // characters, not bytes
        Case("é", ["é"], not: ["e", "e\u{301}", "\u{e8}"]),
        Case("[é]", ["é"], not: ["e", "Ã", "\u{301}"]),
        Case("[à-ý]", ["é", "à", "ý"], not: ["e", "À"]),
        Case("[!é]", ["e", "è", "\u{1f600}"], not: ["é", ""]),
        Case("[a-\u{10ffff}]", ["a", "é", "\u{1f600}"], not: ["A", "-"]),
        Case("*é*", ["é", "aéb"], not: ["e", "aèb", ""]),
        Case("\u{1f600}?", ["\u{1f600}a", "\u{1f600}\u{1f601}"], not: ["\u{1f600}", "\u{1f601}a"]),
    ]

    @Test(arguments: cases)
    func aPatternTakesWhatPythonsDoes(row: Case) {
        for text in row.taken { #expect(Self.takes(row.pattern, text), "\(text)") }
        for text in row.refused { #expect(!Self.takes(row.pattern, text), "\(text)") }
    }

    /// Around the words that the states are kept in.
    @Test(arguments: [62, 63, 64, 65, 66, 126, 127, 128, 129, 130, 191, 192, 193, 300])
    func aLongPatternTakesWhatAShortOneDoes(count: Int) {
        let run = repeated("ab", count).prefix(count)
        let last = run.last == "a" ? "b" : "a"
        for pattern in [String(run), repeated("?", count), repeated("[ab]", count), "é" + run.dropFirst()] {
            let text = pattern.hasPrefix("é") ? "é" + run.dropFirst() : String(run)
            #expect(Self.takes(pattern, text))
            #expect(!Self.takes(pattern, String(text.dropLast())))
            #expect(!Self.takes(pattern, text + last.description))
            #expect(!Self.takes(pattern, text.dropLast() + "é") || pattern.hasPrefix("?"))
            for starred in [pattern + "*", "*" + pattern, "*" + pattern + "*"] {
                #expect(Self.takes(starred, text))
                #expect(!Self.takes(starred, String(text.dropFirst())))
            }
            #expect(Self.takes(pattern + "*", text + "é/x"))
            #expect(Self.takes(pattern + "*", "x" + text) == pattern.hasPrefix("?"))
            #expect(Self.takes("*" + pattern, "é/x" + text))
            #expect(Self.takes("*" + pattern, text + "x") == pattern.hasPrefix("?"))
            #expect(Self.takes("*" + pattern + "*", "x/é" + text + "é/x"))
        }
        let stars = repeated("a*", count)
        #expect(Self.takes(stars, repeated("a", count)))
        #expect(Self.takes(stars, repeated("ab", count)))
        #expect(Self.takes(stars, repeated("aé", count)))
        #expect(!Self.takes(stars, repeated("a", count - 1)))
        #expect(!Self.takes(stars, "b" + repeated("ab", count)))
        #expect(!Self.takes(stars + "c", repeated("ab", count)))
    }

    /// `patterns.jsonl` holds random patterns and texts with the answer of Python 3.11's `fnmatch.fnmatchcase`.
    @Test func everyAnswerIsPythons() throws {
        struct Row: Decodable {
            let pattern: String
            let text: String
            let isTaken: Bool

            init(from decoder: any Decoder) throws {
                var row = try decoder.unkeyedContainer()
                pattern = try row.decode(String.self)
                text = try row.decode(String.self)
                isTaken = try row.decode(Bool.self)
            }
        }
        let file = try #require(Bundle.module.url(forResource: "Golden/patterns", withExtension: "jsonl"))
        let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
        #expect(lines.count == 2000)
        var taken = 0
        for line in lines {
            let row = try JSONDecoder().decode(Row.self, from: Data(line))
            #expect(Self.takes(row.pattern, row.text) == row.isTaken, "\(row)")
            if row.isTaken { taken += 1 }
        }
        #expect(taken == 1000)
    }

    @Test(.timeLimit(.minutes(1)), arguments: [1, 31, 64, 100])
    func noPatternMakesATextSlow(count: Int) {
        let text = repeated("a", 100_000)
        #expect(!Self.takes(repeated("*a", count) + "*b", text))
        #expect(Self.takes(repeated("*a", count) + "*", text))
        #expect(!Self.takes(repeated("*[!b]", count) + "*?b", text))
    }
}
