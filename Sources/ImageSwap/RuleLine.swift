/// Where a rule stands: a line of the map file, or of a namespace's own that is laid over it.
package struct RuleLine: Hashable, Sendable {
    /// From 1.
    package let number: Int
    package let isOfNamespace: Bool

    package init(_ rule: MapFile.Rule) {
        number = rule.line
        isOfNamespace = rule.isOfNamespace
    }

    package init(_ place: MapFile.VerifiedPlace) {
        number = place.line
        isOfNamespace = place.isOfNamespace
    }

    package init(_ secret: MapFile.PullSecret) {
        number = secret.line
        isOfNamespace = secret.isOfNamespace
    }
}
