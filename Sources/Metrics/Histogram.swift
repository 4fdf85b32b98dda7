/// A histogram: how many observations were at most so much, and their sum.
package struct Histogram: Sendable {
    /// The upper bounds, inclusive and growing, in the unit of what is observed.
    package let bounds: [UInt64]
    /// Digits behind the point: 9 if nanoseconds are observed and seconds written.
    private let decimals: Int
    /// A counter a bucket, each without those below it, one for what is over all bounds, and the sum.
    private let cells: SlotCells

    package init(_ plan: inout MetricsPlan, bounds: [UInt64], decimals: Int = 0) {
        self.bounds = bounds
        self.decimals = decimals
        cells = plan.slot(bounds.count + 2)
    }

    package func observe(_ value: UInt64, in slot: MetricsSlot) {
        var bucket = 0
        while bucket < bounds.count, bounds[bucket] < value { bucket += 1 }
        cells.add(to: bucket, of: slot)
        cells.add(value, to: bounds.count + 1, of: slot)
    }

    /// What fell into each bucket, without those below it, and what is over all bounds; over all slots.
    package func counts(in memory: MetricsMemory) -> [UInt64] {
        (0...bounds.count).map { cells.sum($0, in: memory) }
    }

    package struct Totals: Equatable, Sendable {
        /// By upper bound, each with those below it.
        package let buckets: [(bound: Number, count: UInt64)]
        package let count: UInt64
        package let sum: Number

        package init(buckets: [(bound: Number, count: UInt64)], count: UInt64, sum: Number) {
            self.buckets = buckets
            self.count = count
            self.sum = sum
        }

        package static func == (one: Totals, other: Totals) -> Bool {
            one.count == other.count && one.sum == other.sum
                && one.buckets.elementsEqual(other.buckets) { $0.bound == $1.bound && $0.count == $1.count }
        }
    }

    /// Over all slots. The count is that of the buckets, so that the two agree while others count.
    package func totals(in memory: MetricsMemory) -> Totals {
        var count: UInt64 = 0
        var buckets: [(bound: Number, count: UInt64)] = []
        for (index, bound) in bounds.enumerated() {
            count &+= cells.sum(index, in: memory)
            buckets.append((Number(bound, decimals: decimals), count))
        }
        count &+= cells.sum(bounds.count, in: memory)
        return Totals(
            buckets: buckets, count: count, sum: Number(cells.sum(bounds.count + 1, in: memory), decimals: decimals))
    }
}
