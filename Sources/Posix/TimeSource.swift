/// The clock that a program reads and waits by: the machine's, or one that a test sets.
package struct TimeSource: Sendable {
    /// Seconds since 1970, UTC.
    package let now: @Sendable () -> Int64
    /// Lets the calling thread rest. A signal handler may end it early.
    package let pause: @Sendable (Duration) -> Void

    package init(now: @escaping @Sendable () -> Int64, pause: @escaping @Sendable (Duration) -> Void) {
        self.now = now
        self.pause = pause
    }

    /// The machine's clock. C: clock_gettime, poll.
    package static let system = TimeSource(
        now: { WallTime.now.nanoseconds / 1_000_000_000 },
        pause: { Thread.sleep(milliseconds: $0.wholeMilliseconds) })
}
