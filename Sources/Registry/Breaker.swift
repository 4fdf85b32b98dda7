internal import Posix

/// Keeps questions from a registry that fails them one after the other, and lets one through now and then.
struct Breaker: Sendable {
    enum Permission: Equatable, Sendable {
        case yes
        /// This one only: how it fares decides.
        case probe
        case no
    }

    private enum State: Sendable {
        case closed(failures: Int)
        case open(until: MonotonicTime)
        case probing
    }

    private var state = State.closed(failures: 0)
    private(set) var reason = ""
    private let limit: Int
    private let pause: Duration

    /// - Parameters:
    ///   - limit: Failures in a row that open it.
    ///   - pause: How long it stays open before a probe.
    init(limit: Int, pause: Duration) {
        self.limit = limit
        self.pause = pause
    }

    var isOpen: Bool {
        if case .closed = state { false } else { true }
    }

    /// How long it surely stays open, unless the registry answers what it was asked before.
    func rest(at now: MonotonicTime) -> Duration {
        guard case .open(let until) = state else { return .zero }
        return max(.zero, until - now)
    }

    mutating func permit(at now: MonotonicTime) -> Permission {
        switch state {
        case .closed: return .yes
        case .probing: return .no
        case .open(let until):
            guard now >= until else { return .no }
            state = .probing
            return .probe
        }
    }

    /// The registry answered, whatever. True if that closed it.
    mutating func succeed() -> Bool {
        defer { state = .closed(failures: 0) }
        return isOpen
    }

    /// The registry did not answer, or not as one that works. True if that opened it.
    mutating func fail(_ reason: String, isProbe: Bool, at now: MonotonicTime) -> Bool {
        switch state {
        case .closed(let failures) where failures + 1 < limit:
            state = .closed(failures: failures + 1)
            return false
        case .closed:
            open(reason, for: pause, at: now)
            return true
        case .open, .probing:
            // What was asked before it opened says nothing new.
            if isProbe { open(reason, for: pause, at: now) }
            return false
        }
    }

    /// Opens it at once, for a time that the registry names, or the usual one. True if it was closed.
    mutating func open(_ reason: String, for time: Duration?, at now: MonotonicTime) -> Bool {
        defer { open(reason, for: time ?? pause, at: now) }
        return !isOpen
    }

    private mutating func open(_ reason: String, for time: Duration, at now: MonotonicTime) {
        self.reason = reason
        state = .open(until: now + time)
    }
}
