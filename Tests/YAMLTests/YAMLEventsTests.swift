import Testing
import YAML

struct YAMLEventsTests {
    private func events(_ text: String) throws -> [YAMLEvent] {
        var reader = try YAMLEvents(Array(text.utf8))
        var events: [YAMLEvent] = []
        while let event = try reader.next() { events.append(event) }
        return events
    }

    @Test func aStreamHasAnyNumberOfDocuments() throws {
        #expect(try events("").isEmpty)
        #expect(
            try events("a\n---\n- &x b\n- *x\n...\n").map(\.kind) == [
                .documentStart(isImplicit: true), .scalar("a", .plain), .documentEnd(isImplicit: true),
                .documentStart(isImplicit: false), .sequenceStart(isFlow: false), .scalar("b", .plain), .alias("x"),
                .sequenceEnd, .documentEnd(isImplicit: false),
            ])
    }

    @Test func eventsHaveAnchorsTagsAndPlaces() throws {
        let text = "{k: &name !!str 'v'}"
        let found = try events(text)
        #expect(
            found.map(\.kind) == [
                .documentStart(isImplicit: true), .mappingStart(isFlow: true), .scalar("k", .plain),
                .scalar("v", .singleQuoted), .mappingEnd, .documentEnd(isImplicit: true),
            ])
        #expect(found[3].anchor == "name")
        #expect(found[3].tag == "tag:yaml.org,2002:str")
        #expect(found[3].start.index == 4)
        #expect(found[3].end.index == 19)
        #expect(found[4].end.description == "1:21")
    }

    @Test func blockScalarsEndWhereTheNextLineBegins() throws {
        let text = "a: |\n  x\n  y\nb: 1\n"
        let scalar = try #require(try events(text).first { $0.kind == .scalar("x\ny\n", .literal) })
        let source = Array(text.utf8)[scalar.start.index..<scalar.end.index]
        #expect(String(decoding: source, as: UTF8.self) == "|\n  x\n  y\n")
    }

    @Test func afterAFaultThereIsNothing() throws {
        var reader = try YAMLEvents(Array("a: 1\nb: ]\n".utf8))
        var count = 0
        #expect(throws: YAMLError.self) { while try reader.next() != nil { count += 1 } }
        #expect(count == 5)
        #expect(try reader.next() == nil)
    }

    @Test func aScalarMayHoldANUL() throws {
        #expect(try events("\"a\\0b\"").map(\.kind).contains(.scalar("a\0b", .doubleQuoted)))
    }
}
