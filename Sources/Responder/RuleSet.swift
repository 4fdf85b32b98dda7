private import Certificates
package import ImageSwap
package import Metrics
private import Posix

/// Rules as they were loaded; a review uses one set from start to end.
package final class RuleSet: Sendable {
    package let policy: SwapPolicy
    /// What the hits of its lines are counted under; nil where there is no map file.
    package let generation: LineHits.Generation?
    /// What names the rules in the audit log: the first 12 digits of their text's SHA-256, in ASCII; empty where there is no
    /// map file.
    package let digest: [UInt8]
    /// Nil where no namespace has rules of its own.
    package let namespaces: NamespaceRules?

    package init(
        _ policy: SwapPolicy, digest: [UInt8] = [], generation: LineHits.Generation? = nil,
        namespaces: NamespaceRules? = nil
    ) {
        self.policy = policy
        self.digest = digest
        self.generation = generation
        self.namespaces = namespaces
    }
}

extension RuleSet {
    /// Digits that name a rule set.
    private static let digits = 12

    /// What names the rules of a text: of a namespace's own, the map file's text with the namespace's behind it.
    package static func digest(_ text: [UInt8]) -> [UInt8] { wholeDigest(text).map(name) ?? [] }

    /// The SHA-256 of a text.
    package static func wholeDigest(_ text: [UInt8]) -> SHA256Digest? { SHA256Digest(SHA256.digest(text)) }

    /// What names the rules of a text with this digest.
    package static func name(of digest: SHA256Digest) -> [UInt8] { Array(digest.hex.utf8.prefix(digits)) }
}

/// The rules that serve now, exchanged as a whole under load.
package final class RuleStore: Sendable {
    private let stored: Monitor<RuleSet>

    package init(_ rules: RuleSet) { stored = Monitor(rules) }

    package var current: RuleSet { stored.withLock { $0 } }

    package func replace(by rules: RuleSet) { stored.withLock { $0 = rules } }
}
