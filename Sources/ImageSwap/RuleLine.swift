/// Where a rule stands: a line of the map file, or of a namespace's own that is laid over it.
package struct RuleLine: Equatable, Sendable {
    /// From 1.
    package let number: Int
    package let isOfNamespace: Bool

    init(_ rule: MapFile.Rule) {
        number = rule.line
        isOfNamespace = rule.isOfNamespace
    }
}
