internal import Glibc

/// The path of a unix socket, in the form that bind(2) and connect(2) take.
package struct UnixAddress: Sendable {
    /// Bytes a path may have on Linux: sun_path holds 108, one of them the final NUL.
    package static let pathLimit = 107

    package let path: String

    /// Nil if the path is empty, holds a NUL, or has more than `pathLimit` bytes.
    package init?(path: String) {
        guard (1...Self.pathLimit).contains(path.utf8.count), !path.utf8.contains(0) else { return nil }
        self.path = path
    }

    /// Lends the C form.
    func withSocketAddress<Result>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) throws(Errno) -> Result
    ) throws(Errno) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { unsafe $0.copyBytes(from: path.utf8) }
        return try unsafe withUnsafeBytes(of: &address) { bytes throws(Errno) in
            guard let base = bytes.baseAddress else { throw .invalidArgument }
            return try unsafe body(base.assumingMemoryBound(to: sockaddr.self), socklen_t(bytes.count))
        }
    }
}
