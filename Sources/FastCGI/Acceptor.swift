internal import Posix

/// Where one thread gets its connections from.
///
/// It accepts before it waits, so a busy thread makes no call for waiting. Waiting, it sits in an epoll set of its own,
/// with the listener added as exclusive: a new connection wakes one thread, of all processes that share the listener.
final class Acceptor: Sendable {
    /// What a thread is to do next.
    enum Turn: ~Copyable {
        case connection(Descriptor)
        case starved(Errno)
        case drained
    }

    private let listener: Listener
    private let control: PhaseControl
    private let epoll: Epoll

    init(listener: Listener, control: PhaseControl) throws(Errno) {
        self.listener = listener
        self.control = control
        epoll = try Epoll()
        try epoll.add(listener.descriptor, exclusive: true)
        try epoll.add(control.wake.descriptor)
    }

    /// Blocks until there is a connection, or the server drains.
    func next() -> Turn {
        while control.current == .serving {
            do throws(Errno) {
                return .connection(try listener.descriptor.accept())
            } catch {
                switch error {
                case .wouldBlock: wait()
                // A peer that gave up while it was queued.
                case .interrupted, .connectionAborted, .connectionReset, .protocolError, .timedOut: break
                // The listener owns an open socket while this lives: only a second close of it, our own bug, comes here.
                case .badDescriptor, .notSocket: fatalError("accept4: \(error)")
                // EMFILE, ENFILE, ENOBUFS, ENOMEM, and whatever else there is: not to be asked again at once.
                default: return .starved(error)
                }
            }
        }
        return .drained
    }

    /// Lets 10 ms go by after `starved`, or less if the server drains. The listener is left out: it can be read all
    /// the while.
    func pause() {
        _ = try? control.wake.descriptor.waitReadable(milliseconds: 10)
    }

    private func wait() {
        do throws(Errno) {
            _ = try epoll.wait()
        } catch {
            // EBADF, EFAULT and EINVAL are all there is (epoll_wait(2), EINTR aside): our own bugs.
            fatalError("epoll_wait: \(error)")
        }
    }
}
