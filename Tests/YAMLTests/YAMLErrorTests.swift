import Testing
import YAML

struct YAMLErrorTests {
    struct Case: Sendable {
        let text: String
        /// Its place and its words.
        let error: String
    }

    private static let cases = [
        Case(text: "a: [1, 2\n", error: "2:1: did not find expected ',' or ']'"),
        Case(text: "a: 1\n b: 2\n", error: "2:3: mapping values are not allowed in this context"),
        Case(text: "a:\n\t- b\n", error: "2:1: found character that cannot start any token"),
        Case(text: "a: 'x\n", error: "2:1: found unexpected end of stream"),
        Case(text: "a: \"\\q\"\n", error: "1:5: found unknown escape character"),
        Case(text: "a: 1\nb: 2\na: 3\n", error: "3:1: the key \"a\" is repeated"),
        Case(text: "{a: 1, \"a\": 2}", error: "1:8: the key \"a\" is repeated"),
        Case(text: "x: &k a\n*k : 1\na: 2\n", error: "3:1: the key \"a\" is repeated"),
        Case(text: "? [a]\n: 1\n", error: "1:3: a key that is no scalar"),
        Case(text: "a: *none\n", error: "1:4: nothing is named &none"),
        Case(text: "a: &x [*x]\n", error: "1:8: nothing is named &x"),
        Case(text: "a: 1\n---\nb: 2\n", error: "2:1: a second document begins"),
        Case(text: "a: \u{e9} \u{1f600}: x\n", error: "1:7: mapping values are not allowed in this context"),
    ]

    @Test(arguments: Self.cases.indices)
    func aFaultIsToldWithItsPlace(index: Int) {
        let expected = Self.cases[index]
        let error = #expect(throws: YAMLError.self) { try YAMLNode(text: expected.text) }
        #expect(error?.description == expected.error)
    }

    @Test(
        arguments: [
            ([0x61, 0x3a, 0x20, 0xff], 3, "1:4"), ([0x61, 0x0a, 0xc3, 0xa9, 0xc3], 4, "2:2"), ([0x00], 0, "1:1"),
            ([0x61, 0x3a, 0x20, 0xed, 0xa0, 0x80], 3, "1:4"), ([0x61, 0x3a, 0x20, 0xc0, 0x80], 3, "1:4"),
        ] as [([UInt8], Int, String)])
    func bytesThatAreNoTextAreToldWithTheirPlace(bytes: [UInt8], index: Int, place: String) {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(document: bytes) }
        #expect(error?.mark.index == index)
        #expect(error?.mark.description == place)
    }

    @Test func aTextIsUTF8WhateverItSays() {
        let utf16: [UInt8] = [0xff, 0xfe, 0x61, 0x00]
        #expect(throws: YAMLError.self) { try YAMLNode(document: utf16) }
    }

    @Test func theLengthIsBounded() throws {
        let text = "a: " + String(repeating: "x", count: YAMLEvents.limit - 3)
        #expect(try YAMLNode(text: text)?["a"]?.string?.utf8.count == YAMLEvents.limit - 3)
        let error = #expect(throws: YAMLError.self) { try YAMLNode(text: text + "x") }
        #expect(error?.description == "1:1: longer than 1048576 bytes")
    }

    @Test func theNestingIsBounded() throws {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(try YAMLNode(text: nested(YAMLNode.nestingLimit)) != nil)
        let error = #expect(throws: YAMLError.self) { try YAMLNode(text: nested(YAMLNode.nestingLimit + 1)) }
        #expect(error?.description == "1:65: nested deeper than 64")
        #expect(throws: YAMLError.self) { try YAMLNode(text: nested(10_000)) }
        // By aliases, too: each level holds the one before.
        let levels = (1...70).map { "- &a\($0) [*a\($0 - 1)]\n" }.joined()
        let aliased = #expect(throws: YAMLError.self) { _ = try YAMLNode(text: "- &a0 x\n" + levels) }
        #expect(aliased?.reason == "nested deeper than 64")
    }

    @Test func whatAliasesStandForIsBounded() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...9 {
            text += "a\(level): &a\(level) [\(Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", "))]\n"
        }
        // The tree is let go of: one without bounds would take hours to print.
        let error = #expect(throws: YAMLError.self) { _ = try YAMLNode(text: text) }
        #expect(error?.reason == "aliases stand for too much")
    }
}
