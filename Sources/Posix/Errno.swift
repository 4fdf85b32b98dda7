// The error number of a failed system call, as a Swift error.

private import Glibc

/// The error number that a system call left: errno(3).
package struct Errno: Error, Equatable, Sendable, CustomStringConvertible {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The calling thread's error number. To be read in the statement after the call: whatever runs in between,
    /// a String or a release, may overwrite it.
    package static var current: Errno { Errno(rawValue: errno) }

    /// The C library's text and the number, as in "Permission denied (errno 13)": strerror(3).
    package var description: String {
        unsafe "\(String(cString: strerror(rawValue))) (errno \(rawValue))"
    }
}
