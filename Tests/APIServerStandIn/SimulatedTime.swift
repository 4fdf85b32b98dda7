package import Posix

/// A clock that goes on only where someone rests or a test says so; for any number of threads.
package final class SimulatedTime: Sendable {
    private struct State: Sendable {
        var nanoseconds: Int64
        var pauses: [Duration] = []
    }

    private let state: Monitor<State>

    /// - Parameter start: Seconds since 1970.
    package init(_ start: Int64) {
        state = Monitor(State(nanoseconds: start * 1_000_000_000))
    }

    package var source: TimeSource {
        TimeSource(
            now: { [state] in state.withLock { $0.nanoseconds / 1_000_000_000 } },
            pause: { [self] duration in
                advance(by: duration)
                state.withLock { $0.pauses.append(duration) }
                // Other threads are given their turn.
                Thread.sleep(milliseconds: 1)
            })
    }

    package func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        state.withLock { $0.nanoseconds += seconds * 1_000_000_000 + attoseconds / 1_000_000_000 }
    }

    /// How long was rested, each time.
    package var pauses: [Duration] { state.withLock { $0.pauses } }
}
