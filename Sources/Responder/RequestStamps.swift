private import Synchronization

package import Posix

/// Since when each thread has been at its request; set by the threads, read by the watchdog.
package final class RequestStamps: Sendable {
    private final class Stamp: Sendable {
        /// Nanoseconds of the monotonic clock; 0 while the thread is idle.
        let start = Atomic<Int64>(0)
    }

    private let stamps: [Stamp]
    private let claimed = Atomic(0)

    package init(threads: Int) { stamps = (0..<threads).map { _ in Stamp() } }

    /// A thread's own place, given out once each.
    func claim() -> Int { claimed.add(1, ordering: .relaxed).oldValue % stamps.count }

    func begin(_ place: Int) {
        stamps[place].start.store(MonotonicTime.now.nanoseconds, ordering: .relaxed)
    }

    func end(_ place: Int) { stamps[place].start.store(0, ordering: .relaxed) }

    package var busy: Int { stamps.count { $0.start.load(ordering: .relaxed) != 0 } }

    /// How many threads have been at one request for longer than the limit.
    package func stuck(at now: MonotonicTime, limit: Duration) -> Int {
        stamps.count { stamp in
            let start = stamp.start.load(ordering: .relaxed)
            return start != 0 && now - MonotonicTime(nanoseconds: start) > limit
        }
    }
}
