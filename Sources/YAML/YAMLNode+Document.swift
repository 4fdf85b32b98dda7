// From events to a tree.

extension YAMLNode {
    /// How deep collections may stand in each other.
    package static let nestingLimit = 64
    /// Nodes that aliases may stand for, all together: a few lines can otherwise stand for billions.
    package static let aliasLimit = 100_000

    /// Reads the one document of a text; nil where there is none. Throws where there is more than one.
    package init?(document bytes: [UInt8]) throws(YAMLError) {
        var builder = TreeBuilder(events: try YAMLEvents(bytes))
        guard let node = try builder.document() else { return nil }
        self = node
    }
}

private struct TreeBuilder: ~Copyable {
    /// A node with what it takes to copy it.
    struct Built {
        var node: YAMLNode
        var count = 1
        var height = 1
    }

    var events: YAMLEvents
    private var anchors: [String: Built] = [:]
    private var copied = 0

    init(events: consuming YAMLEvents) {
        self.events = events
    }

    mutating func document() throws(YAMLError) -> YAMLNode? {
        guard try events.next() != nil else { return nil }  // the document's start
        guard let first = try events.next() else { return nil }
        let built = try node(first, depth: 1)
        _ = try events.next()  // the document's end
        if let next = try events.next() { throw YAMLError(next.start, "a second document begins") }
        return built.node
    }

    private mutating func node(_ event: YAMLEvent, depth: Int) throws(YAMLError) -> Built {
        guard depth <= YAMLNode.nestingLimit else { throw tooDeep(event) }
        var built: Built
        switch event.kind {
        case .alias(let name):
            guard let target = anchors[name] else { throw YAMLError(event.start, "nothing is named &\(name)") }
            copied += target.count
            guard copied <= YAMLNode.aliasLimit else { throw YAMLError(event.start, "aliases stand for too much") }
            guard depth + target.height - 1 <= YAMLNode.nestingLimit else { throw tooDeep(event) }
            return target
        case .scalar(let text, let style):
            built = Built(
                node: YAMLNode(content: .scalar(text, style), tag: event.tag, start: event.start, end: event.end))
        case .sequenceStart(let isFlow): built = try sequence(event, isFlow, depth: depth)
        case .mappingStart(let isFlow): built = try mapping(event, isFlow, depth: depth)
        case .documentStart, .documentEnd, .sequenceEnd, .mappingEnd:
            // libyaml opens what it closes; this is for the compiler.
            throw YAMLError(event.start, "no node begins here")
        }
        if let anchor = event.anchor { anchors[anchor] = built }
        return built
    }

    private mutating func sequence(_ event: YAMLEvent, _ isFlow: Bool, depth: Int) throws(YAMLError) -> Built {
        var nodes: [YAMLNode] = []
        var (count, height) = (1, 0)
        while let next = try events.next() {
            if next.kind == .sequenceEnd {
                let content = YAMLNode.Content.sequence(nodes, isFlow: isFlow)
                return Built(
                    node: YAMLNode(content: content, tag: event.tag, start: event.start, end: next.end),
                    count: count, height: height + 1)
            }
            let built = try node(next, depth: depth + 1)
            nodes.append(built.node)
            count += built.count
            height = max(height, built.height)
        }
        throw YAMLError(event.start, "it has no end")
    }

    private mutating func mapping(_ event: YAMLEvent, _ isFlow: Bool, depth: Int) throws(YAMLError) -> Built {
        var pairs: [YAMLNode.Pair] = []
        var keys: Set<String> = []
        var (count, height) = (1, 0)
        while let next = try events.next() {
            if next.kind == .mappingEnd {
                let content = YAMLNode.Content.mapping(pairs, isFlow: isFlow)
                return Built(
                    node: YAMLNode(content: content, tag: event.tag, start: event.start, end: next.end),
                    count: count, height: height + 1)
            }
            let key = try node(next, depth: depth + 1)
            guard case .scalar(let text, _) = key.node.content else {
                throw YAMLError(next.start, "a key that is no scalar")
            }
            guard keys.insert(text).inserted else { throw YAMLError(next.start, "the key \"\(text)\" is repeated") }
            guard let start = try events.next() else { break }
            let value = try node(start, depth: depth + 1)
            pairs.append(YAMLNode.Pair(key: key.node, value: value.node))
            count += key.count + value.count
            height = max(height, value.height)
        }
        throw YAMLError(event.start, "it has no end")
    }

    private func tooDeep(_ event: YAMLEvent) -> YAMLError {
        YAMLError(event.start, "nested deeper than \(YAMLNode.nestingLimit)")
    }
}
