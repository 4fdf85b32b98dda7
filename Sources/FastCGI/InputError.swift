package import Posix

/// Why a request's input could not be read to its end.
package enum InputError: Error, Equatable, Sendable {
    /// Nothing came for as long as the server waits.
    case timedOut
    /// The peer closed early, or sent records that make no sense here; libfcgi does not tell which.
    case cutOrMalformed
    /// The system call failed.
    case system(Errno)

    /// From FCGX_GetError: an errno if positive, one of libfcgi's own if negative; nil for zero, no error.
    init?(code: Int32) {
        switch code {
        case 0: return nil
        case Errno.wouldBlock.rawValue: self = .timedOut
        case ..<0: self = .cutOrMalformed
        default: self = .system(Errno(rawValue: code))
        }
    }
}

extension InputError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .timedOut: "nothing more came in time"
        case .cutOrMalformed: "the connection was closed early, or its records are malformed"
        case .system(let error): "\(error)"
        }
    }
}
