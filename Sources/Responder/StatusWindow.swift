package import Metrics
internal import Posix

/// What happened within a time up to now.
package struct StatusWindow: Equatable, Sendable {
    /// How many requests there were a second, and how long they took.
    package struct Load: Equatable, Sendable {
        package let requests: UInt64
        package let perSecond: Number
        /// Nil where there were none.
        package let p50: Latency?
        package let p90: Latency?
        package let p99: Latency?

        init(_ counts: [UInt64], bounds: [UInt64], over span: Duration) {
            requests = counts.reduce(0, &+)
            let milliseconds = max(1, UInt64(max(0, span / .milliseconds(1))))
            perSecond = Number(requests * 1_000_000 / milliseconds, decimals: 3)
            p50 = Latency(percentile: 50, counts, bounds)
            p90 = Latency(percentile: 90, counts, bounds)
            p99 = Latency(percentile: 99, counts, bounds)
        }
    }

    /// A stretch of the time, as long as all others of the window.
    package struct Point: Equatable, Sendable {
        /// Seconds before now at which it ended.
        package let secondsAgo: UInt64
        package let load: Load
    }

    package let minutes: Int
    /// What the samples reach over: less than the window's minutes after a start.
    package let seconds: UInt64
    package let load: Load
    package let points: [Point]

    /// The windows of a page, each with how many samples make one point.
    package static let all = [(minutes: 1, step: UInt64(1)), (minutes: 5, step: 1), (minutes: 15, step: 3)]

    /// - Parameters:
    ///   - now: The sums just now.
    ///   - samples: Those before, the oldest first.
    ///   - step: How many samples make one point.
    package init(minutes: Int, step: UInt64, now: StatusSample, samples: [StatusSample], bounds: [UInt64]) {
        self.minutes = minutes
        let start = now.time + .seconds(-60 * minutes)
        let base = samples.last { $0.time <= start } ?? samples.first ?? now
        let covered = now.time - base.time
        seconds = UInt64(max(0, (covered / .seconds(1)).rounded()))
        load = Load(now.counts(since: base), bounds: bounds, over: covered)
        // By their numbers, so that a point stays what it is while time goes on.
        let ends = samples.filter { $0.time >= base.time && $0.number % step == 0 }
        points = zip(ends, ends.dropFirst()).map { from, to in
            Point(
                secondsAgo: UInt64(max(0, ((now.time - to.time) / .seconds(1)).rounded())),
                load: Load(to.counts(since: from), bounds: bounds, over: to.time - from.time))
        }
    }
}

/// A time that so many per cent of requests took at most.
package struct Latency: Equatable, Sendable {
    package let nanoseconds: UInt64
    /// It is more than that: over all bounds of the histogram.
    package let isMore: Bool

    package init(nanoseconds: UInt64, isMore: Bool = false) {
        self.nanoseconds = nanoseconds
        self.isMore = isMore
    }

    /// As Prometheus' `histogram_quantile` has it: within a bucket all times are taken to be equally frequent. Nil where
    /// nothing was counted.
    ///
    /// - Parameters:
    ///   - counts: Of each bucket alone, those over all bounds last.
    ///   - bounds: Of the buckets, in nanoseconds.
    package init?(percentile: UInt64, _ counts: [UInt64], _ bounds: [UInt64]) {
        let total = counts.reduce(0, &+)
        guard total > 0 else { return nil }
        let rank = Double(total) * Double(percentile) / 100
        var below: UInt64 = 0
        for (index, bound) in bounds.enumerated() {
            let count = counts[index]
            if count > 0, Double(below + count) >= rank {
                let lower = index == 0 ? 0 : bounds[index - 1]
                let part = (rank - Double(below)) / Double(count)
                self.init(nanoseconds: lower + UInt64(Double(bound - lower) * part))
                return
            }
            below += count
        }
        self.init(nanoseconds: bounds.last ?? 0, isMore: true)
    }
}
