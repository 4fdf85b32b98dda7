internal import Metrics
internal import Posix

// What page and JSON say alike.

extension ServiceMetrics.Problems {
    enum State: String {
        case healthy
        /// It answers, and something needs a look.
        case degraded
        /// The API server cannot call it, or soon not.
        case failing
    }

    var state: State {
        isEmpty ? .healthy : isDisjoint(with: [.certificateEnded, .authorityEnded]) ? .degraded : .failing
    }

    /// A problem alone: its name, and what it is for people.
    var list: [(name: String, text: String)] {
        Self.known.filter { contains($0.problem) }.map { ($0.name, $0.text) }
    }

    private static let known: [(problem: ServiceMetrics.Problems, name: String, text: String)] = [
        (.certificateEnded, "certificate_ended", "The serving certificate has ended: the API server refuses it."),
        (
            .authorityEnded, "ca_ended",
            "A CA in the certificate's file has ended: the API server refuses what it signed."
        ),
        (
            .certificateEndsSoon, "certificate_ends_soon",
            "The serving certificate ends soon, and nobody has renewed it yet."
        ),
        (.authorityEndsSoon, "ca_ends_soon", "A CA in the certificate's file ends soon."),
        (.certificateUnreadable, "certificate_unreadable", "The certificate's file cannot be read."),
        (
            .rulesNotLoaded, "rules_not_loaded",
            "The map file could not be loaded as it is now: the rules of its last good version serve."
        ),
        (
            .namespaceRulesNotLoaded, "namespace_rules_not_loaded",
            "Rules of a namespace's own could not be loaded as they are now: those before serve."
        ),
        (.workersMissing, "workers_missing", "Fewer workers run than there are to be: others are being started."),
    ]
}

extension RecordText {
    /// With a mark where it was cut.
    var shown: String { isCut ? text + "…" : text }
}

extension ServiceStatus.Registry {
    /// Images that stayed as they were.
    var unchanged: UInt64 {
        let count = moved.reduce(UInt64(0)) { $0 &+ $1.count }
        return images > count ? images - count : 0
    }
}

extension WallTime {
    init(seconds: Int64) {
        self.init(nanoseconds: min(max(0, seconds), Int64.max / 1_000_000_000) * 1_000_000_000)
    }

    init(milliseconds: UInt64) {
        self.init(nanoseconds: Int64(clamping: min(milliseconds, UInt64(Int64.max / 1_000_000)) * 1_000_000))
    }

    /// - Parameter unixTime: Seconds with three decimals.
    init(_ unixTime: Number) { self.init(milliseconds: unixTime.units) }

    /// Whole days until a time in seconds since 1970; 0 once it is over.
    func days(until end: Int64) -> UInt64 {
        UInt64(max(0, end - nanoseconds / 1_000_000_000)) / 86_400
    }
}
