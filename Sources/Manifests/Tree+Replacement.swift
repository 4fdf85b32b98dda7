// How a scalar is written anew, in the style that it had.

extension Tree {
    /// The edit that gives a scalar another text, which is an image or a part of one: no character of it needs an
    /// escape within quotes.
    func replacement(of scalar: Int, by text: String, in bytes: [UInt8]) -> Edit {
        let node = nodes[scalar]
        switch node.style {
        case .plain:
            // One that is empty may stand right behind its key's colon.
            let start = node.range.lowerBound
            let needsSpace = node.range.isEmpty && start > 0 && ![0x20, 0x09, 0x0a, 0x0d].contains(bytes[start - 1])
            return Edit(node.range, (needsSpace ? " " : "") + (PlainScalar.takes(text) ? text : "\"\(text)\""))
        case .singleQuoted: return Edit(node.range, "'\(text)'")
        case .doubleQuoted: return Edit(node.range, "\"\(text)\"")
        case .literal, .folded:
            let source = bytes[node.range]
            let header = source.firstIndex { $0 == 0x0a || $0 == 0x0d } ?? source.endIndex
            let content = Array(node.text.utf8)
            if let start = source[header...].firstRange(of: content) { return Edit(start, text) }
            // It is folded or broken into lines: it becomes one word, and what follows it stays.
            let last = source.lastIndex { ![0x0a, 0x0d, 0x20, 0x09].contains($0) } ?? node.range.lowerBound
            return Edit(node.range.lowerBound..<last + 1, "\"\(text)\"")
        }
    }
}
