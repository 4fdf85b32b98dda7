package import ImageSwap
package import Metrics
private import Synchronization

/// Rules as they were loaded; a review uses one set from start to end.
package final class RuleSet: Sendable {
    package let policy: SwapPolicy
    /// What the hits of its lines are counted under; nil where there is no map file.
    package let generation: LineHits.Generation?
    /// Nil where no namespace has rules of its own.
    package let namespaces: NamespaceRules?

    package init(
        _ policy: SwapPolicy, generation: LineHits.Generation? = nil, namespaces: NamespaceRules? = nil
    ) {
        self.policy = policy
        self.generation = generation
        self.namespaces = namespaces
    }

}

/// The rules that serve now, exchanged as a whole under load.
package final class RuleStore: Sendable {
    private let stored: Mutex<RuleSet>

    package init(_ rules: RuleSet) { stored = Mutex(rules) }

    package var current: RuleSet { stored.withLock { $0 } }

    package func replace(by rules: RuleSet) { stored.withLock { $0 = rules } }
}
