/// What was counted since the start.
package struct RegistryStatistics: Sendable {
    package struct Registry: Sendable {
        /// Images that were asked for, by what was answered.
        package var present: UInt64 = 0
        package var absent: UInt64 = 0
        package var unknown: UInt64 = 0
        /// Looks that were made, whoever asked.
        package var lookups: UInt64 = 0
        package var failures: UInt64 = 0
        package var breakerOpened: UInt64 = 0
    }

    package internal(set) var cacheHits: UInt64 = 0
    package internal(set) var coalesced: UInt64 = 0
    /// How long looks took: a count a bound, and one for all that took longer.
    package internal(set) var durations = [UInt64](repeating: 0, count: bounds.count + 1)
    package internal(set) var nanoseconds: UInt64 = 0

    /// Upper bounds of `durations`, nanoseconds.
    package static let bounds: [UInt64] = [
        5_000_000, 10_000_000, 25_000_000, 50_000_000, 100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
        2_500_000_000, 5_000_000_000, 10_000_000_000,
    ]

    mutating func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let time = UInt64(max(0, seconds * 1_000_000_000 + attoseconds / 1_000_000_000))
        durations[Self.bounds.firstIndex { time <= $0 } ?? Self.bounds.count] += 1
        nanoseconds &+= time
    }
}
