internal import Glibc

/// A point in time as people have it: nanoseconds since 1970 in UTC. It jumps when the clock is set.
package struct WallTime: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// C: clock_gettime, CLOCK_REALTIME.
    package static var now: WallTime {
        WallTime(nanoseconds: readClock(CLOCK_REALTIME))
    }

    package static func < (one: WallTime, other: WallTime) -> Bool {
        one.nanoseconds < other.nanoseconds
    }
}

/// A point in time that only measures: nanoseconds since the machine started. It never jumps, and all processes of a
/// machine share it.
package struct MonotonicTime: Comparable, Hashable, Sendable {
    package let nanoseconds: Int64

    package init(nanoseconds: Int64) {
        self.nanoseconds = nanoseconds
    }

    /// C: clock_gettime, CLOCK_MONOTONIC.
    package static var now: MonotonicTime {
        MonotonicTime(nanoseconds: readClock(CLOCK_MONOTONIC))
    }

    package static func < (one: MonotonicTime, other: MonotonicTime) -> Bool {
        one.nanoseconds < other.nanoseconds
    }

    package static func - (one: MonotonicTime, other: MonotonicTime) -> Duration {
        .nanoseconds(one.nanoseconds - other.nanoseconds)
    }

    package static func + (time: MonotonicTime, span: Duration) -> MonotonicTime {
        let (seconds, attoseconds) = span.components
        return MonotonicTime(nanoseconds: time.nanoseconds + seconds * 1_000_000_000 + attoseconds / 1_000_000_000)
    }
}

extension Duration {
    /// Rounded up, and kept within what poll(2) takes as a limit.
    package var wholeMilliseconds: Int32 {
        Int32(min(max((self / .milliseconds(1)).rounded(.up), 0), Double(Int32.max)))
    }
}

private func readClock(_ clock: clockid_t) -> Int64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
}
