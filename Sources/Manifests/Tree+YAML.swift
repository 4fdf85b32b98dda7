// YAML documents as trees.

package import YAML

extension Tree {
    /// Bytes of a file at most.
    package static let longestFile = 1 << 28
    /// How deep collections may stand in each other.
    static let deepest = 512

    /// Reads all documents of a text.
    package static func documents(yaml text: [UInt8]) throws(YAMLError) -> [Tree] {
        var events = try YAMLEvents(text, limit: longestFile)
        var trees: [Tree] = []
        var tree = Tree()
        var anchors: [String: Int] = [:]
        while let event = try events.next() {
            let node: Int
            switch event.kind {
            case .documentStart:
                tree = Tree()
                anchors = [:]
                continue
            case .documentEnd:
                trees.append(tree)
                continue
            case .mappingEnd, .sequenceEnd:
                tree.leave(end: event.end.index)
                continue
            case .alias(let name):
                guard let target = anchors[name] else { throw YAMLError(event.start, "nothing is named &\(name)") }
                guard !tree.isOpen(target) else { throw YAMLError(event.start, "*\(name) stands within itself") }
                tree.addAlias(of: target, event.start.index..<event.end.index)
                continue
            case .scalar(let value, let style):
                let start = text.behindProperties(event)
                if style == .plain, value == "<<" { tree.mayMerge = true }
                node = tree.add(
                    .scalar, start..<event.end.index, text: value, style: Style(style),
                    isString: isString(value, style, tag: event.tag))
            case .mappingStart, .sequenceStart:
                guard tree.depth < deepest else { throw YAMLError(event.start, "nested deeper than \(deepest)") }
                let start = text.behindProperties(event)
                var isMapping = false
                if case .mappingStart = event.kind { isMapping = true }
                node = tree.add(isMapping ? .mapping : .sequence, start..<event.end.index)
                tree.enter(node)
            }
            if let anchor = event.anchor { anchors[anchor] = node }
        }
        return trees
    }

    private mutating func addAlias(of target: Int, _ range: Range<Int>) {
        let node = add(.alias, range)
        nodes[node].target = Int32(target)
        aliases[target, default: []].append(node)
    }

    private static func isString(_ text: String, _ style: YAMLEvent.ScalarStyle, tag: String?) -> Bool {
        switch tag {
        case nil: style != .plain || PlainScalar.isString(text)
        case "tag:yaml.org,2002:str", "!": true
        default: false
        }
    }
}

extension Tree.Style {
    fileprivate init(_ style: YAMLEvent.ScalarStyle) {
        self =
            switch style {
            case .plain: .plain
            case .singleQuoted: .singleQuoted
            case .doubleQuoted: .doubleQuoted
            case .literal: .literal
            case .folded: .folded
            }
    }
}

extension [UInt8] {
    /// Where a node begins behind its anchor and its tag, with which libyaml begins it.
    fileprivate func behindProperties(_ event: YAMLEvent) -> Int {
        var index = event.start.index
        guard event.anchor != nil || event.tag != nil else { return index }
        let end = event.end.index
        while index < end, self[index] == UInt8(ascii: "&") || self[index] == UInt8(ascii: "!") {
            let isAnchor = self[index] == UInt8(ascii: "&")
            index += 1
            // To libyaml an anchor ends before a ':' too.
            while index < end, !isSpace(index), !isAnchor || self[index] != UInt8(ascii: ":") { index += 1 }
            while index < end {
                if isSpace(index) {
                    index += 1
                } else if self[index] == UInt8(ascii: "#") {
                    while index < end, self[index] != 0x0a, self[index] != 0x0d { index += 1 }
                } else {
                    break
                }
            }
        }
        return index
    }

    private func isSpace(_ index: Int) -> Bool { [0x20, 0x09, 0x0a, 0x0d].contains(self[index]) }
}
