import Manifests
import Testing

struct JSONTreeTests {
    @Test func valuesStandWhereTheTextHasThem() throws {
        let text = "\u{feff} {\"a\" : [1, \"x\\u0041\\\\\", {}, []],\t\"b\":{\"c\":true}}\n"
        let bytes = Array(text.utf8)
        let tree = try Tree(json: bytes, from: 3)
        func source(_ node: Int?) -> String? {
            node.map { String(decoding: bytes[tree.nodes[$0].range], as: UTF8.self) }
        }
        let elements = tree.elements(tree.value(Tree.root, "a"))
        #expect(elements.map { source($0) } == ["1", "\"x\\u0041\\\\\"", "{}", "[]"])
        #expect(tree.string(elements[1]) == "xA\\")
        #expect(tree.string(elements[0]) == nil)
        #expect(source(tree.value(Tree.root, path: ["b", "c"])) == "true")
        #expect(source(Tree.root) == "{\"a\" : [1, \"x\\u0041\\\\\", {}, []],\t\"b\":{\"c\":true}}")
    }

    @Test func ofRepeatedNamesTheLastCounts() throws {
        let tree = try Tree(json: Array(#"{"a":1,"a":"x","<<":{"b":1}}"#.utf8))
        #expect(tree.string(tree.value(Tree.root, "a")) == "x")
        #expect(tree.value(Tree.root, "b") == nil)
    }

    @Test func pointersLeadToNodes() throws {
        let tree = try Tree(json: Array(#"{"a":[{"b":"x"},{"b":"y"}]}"#.utf8))
        #expect(tree.string(tree.node(at: "/a/1/b", below: Tree.root)) == "y")
        #expect(tree.node(at: "/a/2/b", below: Tree.root) == nil)
        #expect(tree.node(at: "/a/b", below: Tree.root) == nil)
        #expect(tree.node(at: "/c/1", below: Tree.root) == nil)
    }

    @Test(arguments: ["", "{", "{\"a\":1}x", "[1,]", "{'a':1}"])
    func whatIsNoJSONIsRefused(text: String) {
        #expect(throws: (any Error).self) { try Tree(json: Array(text.utf8)) }
    }
}
