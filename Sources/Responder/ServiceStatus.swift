package import Metrics
package import Posix

/// All that the status page shows, as it was at one moment: page and JSON are made of this alone.
package struct ServiceStatus: Sendable {
    package let time: WallTime
    package let podName: String
    package let version: String
    /// Unix time.
    package let startedAt: Number?
    package let problems: ServiceMetrics.Problems
    package let since: WallTime
    package let certificate: ServingCertificate
    /// Nil where there is no map file (LEGACY mode).
    package let rules: Rules?
    package let namespaces: Namespaces?
    package let reviews: [Count]
    package let badRequests: UInt64
    package let decisions: [Count]
    /// Nil where no verifier is configured.
    package let verification: Verification?
    package let registries: [Registry]
    package let windows: [StatusWindow]
    package let workers: Workers
    /// The newest first.
    package let swaps: [Swap]

    /// How often something was.
    package struct Count: Equatable, Sendable {
        package let name: String
        package let count: UInt64
    }

    package struct Rules: Sendable {
        package let sha256: String
        /// Milliseconds since 1970.
        package let loadedAt: UInt64
        package let isLastLoadGood: Bool
        /// Why the file could not be loaded, and when that was tried first.
        package let failure: (time: WallTime, reason: RecordText)?
        package let kinds: [Count]
        /// Names of pull secrets in it.
        package let pullSecrets: UInt64?
        package let invalidLines: UInt64
        /// All that is wrong with the file, and as many faults as there is room for.
        package let faultCount: UInt64
        package let faults: [Fault]
        /// Rules in the file; nil while they are exchanged.
        package let ruleCount: UInt64?
        package let rules: [Rule]
        /// Hits of lines that have no counter of their own.
        package let otherHits: UInt64
        /// Milliseconds since 1970: since when hits are counted.
        package let countedSince: UInt64?
    }

    package struct Rule: Equatable, Sendable {
        package let line: UInt64
        package let key: RecordText
        package let value: RecordText
        /// Nil where its line has no counter of its own.
        package let hits: UInt64?
    }

    package struct Fault: Equatable, Sendable {
        package let line: UInt64
        package let column: UInt64
        /// The line is skipped.
        package let isInvalid: Bool
        package let text: RecordText
        package let problem: RecordText
    }

    package struct Namespaces: Equatable, Sendable {
        package let count: UInt64
        package let isLastLoadGood: Bool
        /// As many as there is room for.
        package let states: [NamespaceState]
    }

    package struct Verification: Equatable, Sendable {
        /// Reviews that asked the verifier, by how that went.
        package let reviews: [Count]
        package let verifier: VerifierReport
    }

    package struct Registry: Equatable, Sendable {
        package let name: String
        package let images: UInt64
        /// Those that were moved, by the registry that they were moved to.
        package let moved: [Count]
    }

    package struct Workers: Equatable, Sendable {
        package let running: UInt64
        package let wanted: UInt64
        package let threads: UInt64
        package let busyThreads: UInt64
        package let restarts: [Count]
        package let residentBytes: UInt64
    }

    package struct Swap: Equatable, Sendable {
        package let time: WallTime
        package let namespace: RecordText
        package let kind: RecordText
        package let name: RecordText
        package let from: RecordText
        package let to: RecordText
        package let decision: String
        package let line: UInt64?
        package let isOfNamespace: Bool
        /// Nothing was patched.
        package let isTrial: Bool
        package let isDryRun: Bool
    }
}

extension ServiceStatus {
    /// Rules that have a counter, and have decided nothing since they are counted.
    package var neverUsed: [Rule] { rules?.rules.filter { $0.hits == 0 } ?? [] }
}
