internal import Synchronization

/// How many lines may come in a second; what is over that is counted.
final class LogRate: Sendable {
    private let limit: UInt64
    /// A second in the upper bits, how many lines it had in the lower ones.
    private let window = Atomic<UInt64>(0)
    private let excess = Atomic<Int>(0)

    private static let countBits: UInt64 = 24

    init(limit: Int) {
        self.limit = UInt64(max(1, min(limit, 1 << Self.countBits - 1)))
    }

    /// Whether one more line may come in a second, which is counted either way.
    func permits(second: Int64) -> Bool {
        let start = UInt64(truncatingIfNeeded: second) << Self.countBits
        var seen = window.load(ordering: .relaxed)
        while true {
            let current = seen >> Self.countBits == start >> Self.countBits ? seen : start
            guard current - start < limit else {
                excess.add(1, ordering: .relaxed)
                return false
            }
            let (isDone, other) = window.weakCompareExchange(
                expected: seen, desired: current + 1, ordering: .relaxed)
            if isDone { return true }
            seen = other
        }
    }

    /// How many lines were over the limit and not yet told of.
    var untold: Int { excess.load(ordering: .relaxed) }

    func told(_ count: Int) { excess.subtract(count, ordering: .relaxed) }
}
