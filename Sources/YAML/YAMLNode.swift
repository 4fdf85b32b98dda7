/// A node of a document's tree, with its place.
package struct YAMLNode: Equatable, Sendable {
    package struct Pair: Equatable, Sendable {
        package let key: YAMLNode
        package let value: YAMLNode
    }

    package enum Content: Equatable, Sendable {
        case scalar(String, YAMLEvent.ScalarStyle)
        case sequence([YAMLNode], isFlow: Bool)
        /// In the text's order. Keys are scalars, and none is there twice.
        case mapping([Pair], isFlow: Bool)
    }

    package let content: Content
    package let tag: String?
    /// For what an alias stands for: where that was written.
    package let start: YAMLMark
    package let end: YAMLMark
}

extension YAMLNode {
    /// A scalar's text; nil for what is null by YAML 1.1, and for what is no scalar.
    package var string: String? {
        guard case .scalar(let text, let style) = content else { return nil }
        return style == .plain && ["", "~", "null", "Null", "NULL"].contains(text) ? nil : text
    }

    /// Whether nothing was said: null.
    package var isNull: Bool {
        if case .scalar = content { string == nil } else { false }
    }

    /// A plain `true` or `false`, as YAML 1.2 has them; nil for anything else.
    package var bool: Bool? {
        guard case .scalar(let text, .plain) = content else { return nil }
        return switch text {
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    /// Nil for what is no sequence.
    package var elements: [YAMLNode]? {
        if case .sequence(let nodes, _) = content { nodes } else { nil }
    }

    /// Nil for what is no mapping.
    package var pairs: [Pair]? {
        if case .mapping(let pairs, _) = content { pairs } else { nil }
    }

    /// What a mapping has under a key; nil where it has none, or is no mapping.
    package subscript(_ key: String) -> YAMLNode? {
        pairs?.first { $0.key.string == key }?.value
    }
}
