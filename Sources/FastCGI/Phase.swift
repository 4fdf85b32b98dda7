internal import Posix
internal import Synchronization

/// How far a server is on its way to its end. It only goes forward.
package enum Phase: UInt8, Comparable, Sendable {
    case serving, draining, ended

    package static func < (one: Phase, other: Phase) -> Bool {
        one.rawValue < other.rawValue
    }
}

/// The phase of a server, shared by its threads, and what wakes those that wait.
final class PhaseControl: Sendable {
    private let phase = Atomic(Phase.serving.rawValue)
    private let running = Atomic(0)
    let wake: WakeEvent

    init() throws(Errno) {
        wake = try WakeEvent()
    }

    var current: Phase {
        Phase(rawValue: phase.load(ordering: .acquiring)) ?? .ended
    }

    /// How many threads have not ended.
    var runningThreads: Int { running.load(ordering: .acquiring) }

    func threadStarts() { running.add(1, ordering: .acquiringAndReleasing) }

    func threadEnds() { running.subtract(1, ordering: .acquiringAndReleasing) }

    /// Goes forward to `next`, or stays where it is if that is behind.
    func advance(to next: Phase) {
        phase.max(next.rawValue, ordering: .acquiringAndReleasing)
        wake.signal()
    }
}
