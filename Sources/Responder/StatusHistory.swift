private import Metrics
package import Posix

/// The last 15 minutes as the duration's histogram stood every few seconds, for rates and percentiles over a time.
///
/// The supervising process takes the samples: it reads no request, and wakes up for its other work anyway.
package enum StatusHistory {
    /// Between two samples.
    static let interval = Duration.seconds(5)
    /// So many that there is always one from before the longest window.
    static let samples = 184
}

extension ServiceMetrics {
    /// Takes a sample if it is time for one. By the supervising process only.
    package func sampleIfDue(at now: MonotonicTime = .now) {
        let last = layout.common.value(.lastSample, in: memory)
        if last != 0, now - MonotonicTime(nanoseconds: Int64(clamping: last)) < StatusHistory.interval { return }
        layout.common.set(.lastSample, in: memory, to: UInt64(max(1, now.nanoseconds)))
        let range = layout.status.history.range(in: memory)
        let record = layout.status.historyRing.begin(in: range)
        record.set(0, to: UInt64(max(0, now.nanoseconds)))
        for (index, count) in layout.duration.counts(in: memory).enumerated() { record.set(1 + index, to: count) }
        layout.status.historyRing.end(in: range)
    }

    /// The samples, the oldest first.
    var samples: [StatusSample] {
        layout.status.historyRing.records(in: layout.status.history.range(in: memory)).map { number, record in
            StatusSample(
                number: number, time: MonotonicTime(nanoseconds: Int64(clamping: record.numbers[0])),
                counts: Array(record.numbers.dropFirst()))
        }
    }
}

/// The sums of the duration's histogram at a moment.
package struct StatusSample: Equatable, Sendable {
    /// How many samples there were before it.
    package let number: UInt64
    package let time: MonotonicTime
    /// Requests in each bucket, those over all bounds last.
    package let counts: [UInt64]

    package init(number: UInt64, time: MonotonicTime, counts: [UInt64]) {
        self.number = number
        self.time = time
        self.counts = counts
    }

    /// What came since another one.
    func counts(since other: StatusSample) -> [UInt64] {
        zip(counts, other.counts).map { $0 >= $1 ? $0 - $1 : 0 }
    }
}
