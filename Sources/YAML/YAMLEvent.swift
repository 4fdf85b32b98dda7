/// One step of a YAML stream: YAML 1.1, chapter 3, "serialization tree" as events.
package struct YAMLEvent: Equatable, Sendable {
    package enum ScalarStyle: Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    package enum Kind: Equatable, Sendable {
        /// - Parameter isImplicit: Without `---`.
        case documentStart(isImplicit: Bool)
        /// - Parameter isImplicit: Without `...`.
        case documentEnd(isImplicit: Bool)
        case alias(String)
        case scalar(String, ScalarStyle)
        case sequenceStart(isFlow: Bool)
        case sequenceEnd
        case mappingStart(isFlow: Bool)
        case mappingEnd
    }

    package let kind: Kind
    /// `&name` of a node.
    package var anchor: String?
    /// `!tag` of a node, resolved.
    package var tag: String?
    package let start: YAMLMark
    package let end: YAMLMark
}
