internal import Glibc

extension Descriptor {
    /// Reads what there is, at most the buffer's length; 0 at the end. C: read.
    package borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(Errno) -> Int {
        let number = rawValue
        return try retryOnInterrupt { unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
    }

    /// Reads at most `count` bytes, and fewer if there are fewer; empty at the end. C: read.
    package borrowing func read(atMost count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let number = rawValue
        let got = unsafe bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(Errno) in
                try retryOnInterrupt { unsafe Glibc.read(number, buffer.baseAddress, buffer.count) }
            }
        }
        bytes.removeLast(count - (try got.get()))
        return bytes
    }

    /// Writes all bytes, in as many calls as it takes. C: write.
    package borrowing func write(_ bytes: Span<UInt8>) throws(Errno) {
        let number = rawValue
        var done = 0
        while done < bytes.count {
            let rest = bytes.extracting(droppingFirst: done)
            done += try unsafe rest.withUnsafeBytes { buffer throws(Errno) in
                try retryOnInterrupt { unsafe Glibc.write(number, buffer.baseAddress, buffer.count) }
            }
        }
    }

    /// Writes all bytes. C: write.
    package borrowing func write(_ bytes: [UInt8]) throws(Errno) {
        try write(bytes.span)
    }

    /// Whether calls answer EAGAIN rather than wait. It belongs to the open file, so to every process that shares it.
    /// C: fcntl, O_NONBLOCK.
    package borrowing func setNonBlocking(_ on: Bool) throws(Errno) {
        let number = rawValue
        let flags = try retryOnInterrupt { fcntl(number, F_GETFL) }
        let wanted = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK
        if wanted != flags { try checkOnInterrupt { fcntl(number, F_SETFL, wanted) } }
    }

    /// Whether a program started from this process lacks the descriptor. C: fcntl, FD_CLOEXEC.
    package borrowing func setCloseOnExec(_ on: Bool) throws(Errno) {
        let number = rawValue
        try checkOnInterrupt { fcntl(number, F_SETFD, on ? FD_CLOEXEC : 0) }
    }

    /// Another descriptor of the same open file, closed on exec. C: fcntl, F_DUPFD_CLOEXEC.
    package borrowing func duplicate() throws(Errno) -> Descriptor {
        let number = rawValue
        return Descriptor(owning: try retryOnInterrupt { fcntl(number, F_DUPFD_CLOEXEC, 0) })
    }

    /// Waits until there is something to read, or the end; false if `milliseconds` (-1: no limit) went by, or a signal
    /// handler ran. C: poll.
    package borrowing func waitReadable(milliseconds: Int32) throws(Errno) -> Bool {
        var entry = pollfd(fd: rawValue, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&entry, 1, milliseconds) < 0 else { return entry.revents != 0 }
        let error = Errno.current
        if error != .interrupted { throw error }
        return false
    }
}
