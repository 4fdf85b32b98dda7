internal import CPosix
internal import Glibc

/// A pipe; both ends are closed on exec, and reading answers EAGAIN rather than wait.
package struct UnixPipe: ~Copyable, Sendable {
    package let readEnd: Descriptor
    package let writeEnd: Descriptor

    /// C: pipe2.
    package init() throws(Errno) {
        let (readEnd, writeEnd) = try Self.make()
        self.readEnd = Descriptor(owning: readEnd)
        self.writeEnd = Descriptor(owning: writeEnd)
    }

    private static func make() throws(Errno) -> (Int32, Int32) {
        var ends: (Int32, Int32) = (-1, -1)
        let result = unsafe withUnsafeMutableBytes(of: &ends) { bytes in
            unsafe posix_pipe(bytes.baseAddress?.assumingMemoryBound(to: Int32.self))
        }
        guard result == 0 else { throw .current }
        return ends
    }
}
