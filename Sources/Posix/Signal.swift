internal import Glibc

/// One signal.
package struct Signal: Equatable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package static let hangUp = Signal(rawValue: SIGHUP)
    package static let interrupt = Signal(rawValue: SIGINT)
    package static let quit = Signal(rawValue: SIGQUIT)
    package static let kill = Signal(rawValue: SIGKILL)
    package static let terminate = Signal(rawValue: SIGTERM)
    package static let user1 = Signal(rawValue: SIGUSR1)
    package static let user2 = Signal(rawValue: SIGUSR2)
    package static let child = Signal(rawValue: SIGCHLD)
    package static let pipe = Signal(rawValue: SIGPIPE)

    /// Ignores it in the whole process, and in programs started from it unless they are told otherwise. C: signal.
    package func ignore() {
        _ = Glibc.signal(rawValue, SIG_IGN)
    }

    /// Has it end the process at once, with exit code 0; also as the first process of a container, where a signal
    /// without a handler does nothing. C: signal, _exit.
    package func endProcess() {
        _ = Glibc.signal(rawValue) { _ in _exit(0) }
    }

    /// Sends it to a process. C: kill.
    package func send(to process: Int32) throws(Errno) {
        guard Glibc.kill(process, rawValue) == 0 else { throw .current }
    }

    /// Runs `body`, then puts these signals' handlers back to what they were before. For a C library that installs its
    /// own. C: sigaction.
    package static func keepingHandlers<Result>(of signals: [Signal], _ body: () -> Result) -> Result {
        var saved: [(Int32, sigaction)] = []
        for signal in signals {
            var action = sigaction()
            if unsafe sigaction(signal.rawValue, nil, &action) == 0 { saved.append((signal.rawValue, action)) }
        }
        defer {
            for (number, action) in saved {
                var action = action
                unsafe sigaction(number, &action, nil)
            }
        }
        return body()
    }
}
