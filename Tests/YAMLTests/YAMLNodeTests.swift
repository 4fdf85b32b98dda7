import Testing
import YAML

struct YAMLNodeTests {
    @Test func aDocumentIsATreeInTheTextsOrder() throws {
        let node = try #require(
            try YAMLNode(text: "b: 1\na: [x, 'y', \"z\"]\nc:\n  d: |\n    one\n    two\n  e: >\n    one\n    two\n"))
        #expect(node.pairs?.map(\.key.string) == ["b", "a", "c"])
        #expect(node["b"]?.string == "1")
        #expect(node["a"]?.elements?.map(\.string) == ["x", "y", "z"])
        #expect(node["c"]?["d"]?.content == .scalar("one\ntwo\n", .literal))
        #expect(node["c"]?["e"]?.content == .scalar("one two\n", .folded))
        #expect(node["none"] == nil)
        #expect(node["b"]?["none"] == nil)
        #expect(node.string == nil)
        #expect(node.elements == nil)
        #expect(!node.isNull)
    }

    @Test func JSONIsYAMLToo() throws {
        let node = try #require(
            try YAMLNode(text: "{\n\t\"a\": [true, null, \"x\\/y\\u00e9\\n\"],\n\t\"b\": {}, \"c\": []\n}"))
        #expect(node["a"]?.elements?.map(\.bool) == [true, nil, nil])
        #expect(node["a"]?.elements?.map(\.isNull) == [false, true, false])
        #expect(node["a"]?.elements?.last?.string == "x/y\u{e9}\n")
        #expect(node["b"]?.content == .mapping([], isFlow: true))
        #expect(node["c"]?.content == .sequence([], isFlow: true))
    }

    @Test(
        arguments: [
            ("", nil), ("~", nil), ("null", nil), ("Null", nil), ("NULL", nil), ("nULL", "nULL"), ("'null'", "null"),
            ("\"\"", ""), ("''", ""), ("\"~\"", "~"), ("0", "0"), ("text", "text"), ("|-\n  null", "null"),
        ] as [(String, String?)])
    func onlyPlainScalarsAreNull(text: String, string: String?) throws {
        let value = try #require(try YAMLNode(text: "key: \(text)\n")?["key"])
        #expect(value.string == string)
        #expect(value.isNull == (string == nil))
    }

    @Test(
        arguments: [
            ("true", true), ("True", true), ("TRUE", true), ("false", false), ("False", false), ("FALSE", false),
            ("tRUE", nil), ("yes", nil), ("on", nil), ("1", nil), ("'true'", nil), ("\"false\"", nil), ("", nil),
            ("[true]", nil),
        ] as [(String, Bool?)])
    func onlyPlainTrueAndFalseAreBool(text: String, bool: Bool?) throws {
        #expect(try YAMLNode(text: "key: \(text)\n")?["key"]?.bool == bool)
    }

    @Test(arguments: ["", "\n\n", "# a comment\n", "  # one\n# two", "\u{feff}"])
    func aTextWithoutADocumentIsNil(text: String) throws {
        #expect(try YAMLNode(text: text) == nil)
    }

    @Test(arguments: ["---\n", "---\n...\n", "--- # comment\n", "~"])
    func aDocumentMayBeNull(text: String) throws {
        #expect(try YAMLNode(text: text)?.isNull == true)
    }

    @Test(arguments: ["---\na: 1\n", "---\na: 1\n---", "a: 1\n...\n# comment\n", "%YAML 1.1\n---\na: 1\n"])
    func oneDocumentMayHaveMarkers(text: String) throws {
        if text.hasSuffix("\n---") {
            // The second one is empty, and one all the same.
            #expect(throws: YAMLError.self) { try YAMLNode(text: text) }
        } else {
            #expect(try YAMLNode(text: text)?["a"]?.string == "1")
        }
    }

    @Test func aliasesStandForWhatWasNamed() throws {
        let node = try #require(try YAMLNode(text: "a: &x {b: [1, 2]}\nc: *x\nd: &y text\n*y : *y\n"))
        #expect(node["c"] == node["a"])
        #expect(node["c"]?.start == node["a"]?.start)
        #expect(node["text"]?.string == "text")
        // A name may be given again: the last one counts.
        #expect(try YAMLNode(text: "a: &x 1\nb: &x 2\nc: *x\n")?["c"]?.string == "2")
    }

    @Test func tagsAreKept() throws {
        let node = try #require(try YAMLNode(text: "a: !!str 1\nb: !local {x: 1}\nc: 1\n"))
        #expect(node["a"]?.tag == "tag:yaml.org,2002:str")
        #expect(node["b"]?.tag == "!local")
        #expect(node["c"]?.tag == nil)
    }

    @Test func nodesKnowTheirBytes() throws {
        let text = "# \u{e9}\u{1f600}\nk\u{e9}y: 'v\u{1f600}'\nlist:\n- a\n- {b: c}\r\nlast: x"
        let bytes = Array(text.utf8)
        let node = try #require(try YAMLNode(document: bytes))
        func source(_ node: YAMLNode?) throws -> String {
            let node = try #require(node)
            return String(decoding: bytes[node.start.index..<node.end.index], as: UTF8.self)
        }
        let first = try #require(node.pairs?.first)
        #expect(try source(first.key) == "k\u{e9}y")
        #expect(try source(first.value) == "'v\u{1f600}'")
        #expect(first.key.start.description == "2:1")
        #expect(first.value.start.description == "2:6")
        #expect(try source(node["list"]?.elements?[0]) == "a")
        #expect(try source(node["list"]?.elements?[1]) == "{b: c}")
        #expect(try source(node["last"]) == "x")
        #expect(node["last"]?.start.description == "6:7")
        #expect(node["last"]?.end.index == bytes.count)
    }

    @Test func aByteOrderMarkIsNoPartOfTheText() throws {
        let bytes = Array("\u{feff}a: 1\nb: 2\n".utf8)
        let node = try #require(try YAMLNode(document: bytes))
        #expect(node.pairs?.map(\.key.string) == ["a", "b"])
        let one = try #require(node["a"])
        #expect(String(decoding: bytes[one.start.index..<one.end.index], as: UTF8.self) == "1")
        #expect(node["b"]?.start.description == "2:4")
    }
}

extension YAMLNode {
    init?(text: String) throws(YAMLError) {
        try self.init(document: Array(text.utf8))
    }
}
