internal import Glibc

/// An open descriptor that belongs to others, to write to: never closed, its flags never changed, since other
/// processes share them.
package struct Output: Sendable {
    /// Bytes that one write(2) puts into a pipe in one piece, whoever else writes to it: PIPE_BUF.
    package static let atomicSize = 4096

    /// Descriptor 1.
    package static let standardOutput = Output(descriptor: 1)

    /// Descriptor 2.
    package static let standardError = Output(descriptor: 2)

    package let descriptor: Int32

    package init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Whether it is a regular file, where the kernel keeps a write of any length in one piece. C: fstat.
    package var isFile: Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// Whether a person looks at it. C: isatty.
    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes a part of `range`, and tells how many bytes; waits if the descriptor is a blocking one. Throws EAGAIN if
    /// it is none and there is no room, EPIPE if the reader has gone: SIGPIPE must be ignored in the process or blocked
    /// in the thread. C: write.
    package func write(_ bytes: [UInt8], _ range: Range<Int>) throws(Errno) -> Int {
        try unsafe bytes.span.extracting(range).withUnsafeBytes { buffer throws(Errno) in
            try retryOnInterrupt { unsafe Glibc.write(descriptor, buffer.baseAddress, buffer.count) }
        }
    }

    /// Writes all bytes to a blocking descriptor. C: write.
    package func writeAll(_ bytes: [UInt8]) throws(Errno) {
        var done = 0
        while done < bytes.count { done += try write(bytes, done..<bytes.count) }
    }

    /// Waits until there is room, or an error to be told of by the next write; false if `milliseconds` went by, or a
    /// signal handler ran. C: poll.
    package func waitWritable(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        return unsafe poll(&entry, 1, milliseconds) > 0
    }

    /// Puts /dev/null to those of descriptors 0 to 2 that the process was started without: else the next socket or
    /// file gets such a number, and what is meant for standard error lands in it. C: fcntl, open.
    package static func holdStandardDescriptors() {
        for number in Int32(0)...2 where fcntl(number, F_GETFD) == -1 {
            // The lowest free number is taken: this one.
            _ = unsafe open("/dev/null", O_RDWR)
        }
    }
}
