package import Posix

/// Threads that take connections from a listener and hand their requests to handlers.
package final class Server: Sendable {
    private let control: PhaseControl
    private let threads: [Thread]

    /// Starts the threads. SIGPIPE is ignored in the process from here on; all signals but those of faults are blocked
    /// in the threads, since a signal handler that ran there would cut bodies and answers short.
    ///
    /// - Parameters:
    ///   - listener: Kept until all threads have ended. Other servers and processes may share it.
    ///   - threads: How many requests may be in hand at a time.
    ///   - ioTimeout: How long one read or one write may wait for the peer.
    ///   - stackSize: Bytes, of each thread.
    ///   - makeHandler: Called once on each thread.
    package init<H: Handler & ~Copyable>(
        listener: Listener, threads count: Int, ioTimeout: Duration = .seconds(2), stackSize: Int = 1 << 20,
        makeHandler: @escaping @Sendable () -> H
    ) throws(Errno) {
        Signal.pipe.ignore()
        control = try PhaseControl()
        var threads: [Thread] = []
        do throws(Errno) {
            for number in 0..<count {
                let acceptor = try Acceptor(listener: listener, control: control)
                let thread = try Thread(name: "fastcgi-\(number)", stackSize: stackSize) { [control] in
                    control.threadStarts()
                    serve(acceptor, ioTimeout, makeHandler)
                    control.threadEnds()
                }
                threads.append(thread)
            }
        } catch {
            control.advance(to: .draining)
            for thread in threads { thread.join() }
            throw error
        }
        self.threads = threads
    }

    deinit {
        drain()
    }

    package var phase: Phase {
        control.current
    }

    /// How many threads have not ended: what a drain waits for.
    package var runningThreads: Int {
        control.runningThreads
    }

    /// Has each thread end once the request in hand is answered; returns at once. Any thread may call it, repeatedly.
    /// What waits in the listener's queue stays there, for others that share it.
    package func drain() {
        control.advance(to: .draining)
    }

    /// Waits until all threads have ended, which they do after `drain`.
    package func join() {
        for thread in threads { thread.join() }
        control.advance(to: .ended)
    }
}

/// A thread's life.
private func serve<H: Handler & ~Copyable>(
    _ acceptor: Acceptor, _ ioTimeout: Duration, _ makeHandler: @Sendable () -> H
) {
    var handler = makeHandler()
    var request = Request(ioTimeout: ioTimeout)
    while true {
        switch acceptor.next() {
        case .drained:
            return
        case .starved(let error):
            handler.starved(error)
            acceptor.pause()
        case .connection(let connection):
            handler.accepted()
            if request.begin(connection) {
                handler.handle(&request)
                request.end()
            }
            handler.released()
        }
    }
}
