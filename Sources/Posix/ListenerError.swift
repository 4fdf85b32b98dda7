/// Why a socket could not be opened for listening, and what would be right.
package enum ListenerError: Error, Equatable, Sendable {
    /// Empty, or with a NUL in it.
    case pathInvalid
    case pathTooLong(String)
    case directoryMissing(String)
    /// A server of ours holds the lock.
    case locked(String)
    /// A program that takes no lock answers there.
    case served(String)
    case notSocket(String)
    /// An inherited descriptor that is no listening unix socket.
    case notListener(Int32)
    /// A system call failed, on this path.
    case failed(call: String, path: String, Errno)
}

extension ListenerError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .pathInvalid:
            "the socket's path is empty or holds a NUL byte; give a path such as /run/imageswap/fastcgi.sock"
        case .pathTooLong(let path):
            "the socket's path has \(path.utf8.count) bytes, more than the \(UnixAddress.pathLimit) that Linux takes; "
                + "give a shorter one: \(path)"
        case .directoryMissing(let path):
            "there is no directory for the socket \(path); make it first, for this user to write to"
        case .locked(let path):
            "another process serves \(path), as it holds the lock \(path).lock; end it first, or give another path"
        case .served(let path):
            "another program answers on \(path); end it first, or give another path"
        case .notSocket(let path):
            "\(path) exists and is not a socket; remove it, or give another path"
        case .notListener(let number):
            "descriptor \(number) is not a listening unix socket; start this under a supervisor that passes one"
        case .failed(let call, let path, let error):
            "\(call) \(path): \(error)"
        }
    }
}
