internal import Glibc

/// A number of signals.
package struct SignalSet: Sendable {
    private var set = sigset_t()

    package init(_ signals: Signal...) {
        unsafe sigemptyset(&set)
        for signal in signals { unsafe sigaddset(&set, signal.rawValue) }
    }

    /// All signals that come from outside. Left out: those by which a thread's own fault reports itself, which would
    /// kill the process without a backtrace if they were blocked.
    package static let deliverable: SignalSet = {
        var all = SignalSet()
        unsafe sigfillset(&all.set)
        for fault in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT, SIGSYS] { unsafe sigdelset(&all.set, fault) }
        return all
    }()

    /// Keeps these from the calling thread, and from all threads it makes from here on. They stay pending, for `wait`.
    /// Answers the mask there was. C: pthread_sigmask.
    @discardableResult
    package func block() -> SignalSet {
        var set = set
        var previous = SignalSet()
        unsafe pthread_sigmask(SIG_BLOCK, &set, &previous.set)
        return previous
    }

    /// Makes these the calling thread's whole mask. Answers the mask there was. C: pthread_sigmask.
    @discardableResult
    package func setMask() -> SignalSet {
        var set = set
        var previous = SignalSet()
        unsafe pthread_sigmask(SIG_SETMASK, &set, &previous.set)
        return previous
    }

    /// Waits for one of them; each must be blocked in every thread. C: sigwait.
    package func wait() -> Signal {
        var set = set
        var number: Int32 = 0
        while unsafe sigwait(&set, &number) != 0 {}
        return Signal(rawValue: number)
    }

    /// The same with a limit: nil once it is over. C: sigtimedwait.
    package func wait(for limit: Duration) -> Signal? {
        var set = set
        let deadline = ContinuousClock.now + limit
        while true {
            let (seconds, attoseconds) = max(.zero, deadline - .now).components
            var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(attoseconds / 1_000_000_000))
            let number = unsafe sigtimedwait(&set, nil, &time)
            if number > 0 { return Signal(rawValue: number) }
            if Errno.current != .interrupted { return nil }
        }
    }
}
