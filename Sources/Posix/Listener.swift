internal import Synchronization

/// The listening unix socket, non-blocking and closed on exec.
package final class Listener: Sendable {
    /// Something that works, but not as well as was asked for.
    package enum Warning: Equatable, Sendable, CustomStringConvertible {
        /// The kernel lets only so many connections wait; the rest fail when clients come in a burst.
        case backlogCapped(wanted: Int, limit: Int)

        package var description: String {
            switch self {
            case .backlogCapped(let wanted, let limit):
                "net.core.somaxconn is \(limit), so no more than \(limit) connections can wait; set it to \(wanted)"
            }
        }
    }

    /// To accept from, and to pass on to a worker process. It is open as long as the listener lives.
    package let descriptor: Descriptor
    package let warnings: [Warning]
    private let file: Mutex<SocketFile?>

    /// Opens a socket at the path, for its owner and group by default. Beside it stands a lock file, `path`.lock, which
    /// stays there for good.
    ///
    /// - Parameters:
    ///   - path: At most 107 bytes; the directory must exist. A socket there that nobody serves is replaced.
    ///   - mode: Permission bits, whatever the umask. Connecting takes the right to write.
    ///   - group: That it belongs to; nil for the process's own.
    ///   - backlog: How many connections may wait to be accepted.
    package init(path: String, mode: UInt32 = 0o660, group: UInt32? = nil, backlog: Int = 4096) throws(ListenerError) {
        do throws(Errno) {
            descriptor = try Descriptor.unixStream(nonBlocking: true)
        } catch {
            throw .failed(call: "socket", path: path, error)
        }
        let file = try SocketFile.make(path: path, mode: mode, group: group, binding: descriptor)
        do throws(Errno) {
            try descriptor.listen(backlog: Int32(clamping: backlog))
        } catch {
            throw .failed(call: "listen", path: path, error)
        }
        self.file = Mutex(file)
        let limit = Host.backlogLimit() ?? backlog
        warnings = limit < backlog ? [.backlogCapped(wanted: backlog, limit: limit)] : []
    }

    /// Takes over a socket that listens already: descriptor 0, as FastCGI has it. The file belongs to who opened it.
    package init(inherited number: Int32 = 0) throws(ListenerError) {
        let taken = Descriptor(owning: number)
        do throws(Errno) {
            guard try taken.isUnixListener() else { throw .invalidArgument }
            try taken.setNonBlocking(true)
            try taken.setCloseOnExec(true)
        } catch {
            _ = taken.release()
            throw .notListener(number)
        }
        descriptor = taken
        file = Mutex(nil)
        warnings = []
    }

    /// Takes the socket's file away, unless somebody else's stands there by now, and gives up the lock: nobody new can
    /// connect. Connections that wait can still be accepted. Otherwise done when the listener goes.
    package func removeFile() {
        file.withLock { $0 = nil }
    }
}
