internal import CPosix
internal import Glibc

/// The error number of a failed system call, as errno(3) has it.
package struct Errno: Error, Equatable, Hashable, Sendable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The calling thread's errno. To be read in the statement after the call: ARC or a String may change it.
    package static var current: Errno {
        @inline(__always) get { Errno(rawValue: errno) }
    }
}

extension Errno: CustomStringConvertible {
    /// "No such file or directory (ENOENT)"; a number unknown to the C library as "Unknown error (4711)".
    /// C: strerrordesc_np, strerrorname_np.
    package var description: String {
        guard let name = unsafe posix_errno_name(rawValue), let text = unsafe posix_errno_text(rawValue) else {
            return "Unknown error (\(rawValue))"
        }
        return unsafe "\(String(cString: text)) (\(String(cString: name)))"
    }
}

extension Errno {
    package static let accessDenied = Errno(rawValue: EACCES)
    package static let addressInUse = Errno(rawValue: EADDRINUSE)
    package static let badDescriptor = Errno(rawValue: EBADF)
    package static let brokenPipe = Errno(rawValue: EPIPE)
    package static let connectionAborted = Errno(rawValue: ECONNABORTED)
    package static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    package static let connectionReset = Errno(rawValue: ECONNRESET)
    package static let exists = Errno(rawValue: EEXIST)
    package static let interrupted = Errno(rawValue: EINTR)
    package static let invalidArgument = Errno(rawValue: EINVAL)
    package static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    package static let noBufferSpace = Errno(rawValue: ENOBUFS)
    package static let noMemory = Errno(rawValue: ENOMEM)
    package static let notConnected = Errno(rawValue: ENOTCONN)
    package static let notDirectory = Errno(rawValue: ENOTDIR)
    package static let notFound = Errno(rawValue: ENOENT)
    package static let notPermitted = Errno(rawValue: EPERM)
    package static let notSocket = Errno(rawValue: ENOTSOCK)
    package static let protocolError = Errno(rawValue: EPROTO)
    package static let timedOut = Errno(rawValue: ETIMEDOUT)
    package static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    package static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    /// EAGAIN, which is EWOULDBLOCK on Linux: nothing there yet, or a socket's time limit is over.
    package static let wouldBlock = Errno(rawValue: EAGAIN)
}
