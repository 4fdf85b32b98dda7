internal import Glibc
package import Logs
package import Posix

/// A pipe for a log, and what came out of it.
package final class LogPipe: Sendable {
    private let ends: Monitor<(read: Int32, write: Int32)>
    private let text = Monitor<[UInt8]>([])

    package init() throws {
        var numbers: [Int32] = [0, 0]
        try checkOnInterrupt { unsafe pipe(&numbers) }
        for number in numbers { try checkOnInterrupt { fcntl(number, F_SETFD, FD_CLOEXEC) } }
        ends = Monitor((numbers[0], numbers[1]))
    }

    deinit {
        ends.withLock { Self.replace($0.read, by: O_RDONLY) }
        closeWriter()
    }

    package var output: Output { Output(descriptor: ends.withLock { $0.write }) }

    /// Closes the read end, and waits until there is none: a process that another test starts just now has a copy of it
    /// until it runs its program.
    package func closeReader() {
        ends.withLock {
            Self.replace($0.read, by: O_RDONLY)
            var entry = pollfd(fd: $0.write, events: 0, revents: 0)
            unsafe _ = poll(&entry, 1, 20_000)
        }
    }

    package func closeWriter() { ends.withLock { Self.replace($0.write, by: O_WRONLY) } }

    /// Closes an end. Its number stays taken for good, by /dev/null: a sink may still write to it when the next test
    /// opens something.
    private static func replace(_ number: Int32, by flags: Int32) {
        let null = unsafe open("/dev/null", flags)
        dup2(null, number)
        close(null)
    }

    /// Makes the write end non-blocking.
    package func setNonBlocking() { _ = fcntl(output.descriptor, F_SETFL, O_WRONLY | O_NONBLOCK) }

    /// Fills it but for `room` bytes; answers how many bytes that took.
    package func fill(leaving room: Int = 0) throws -> Int {
        let size = Int(fcntl(output.descriptor, F_GETPIPE_SZ_)) - room
        let filler = [UInt8](repeating: UInt8(ascii: "."), count: size - 1) + [UInt8(ascii: "\n")]
        var done = 0
        while done < size { done += try output.write(filler, done..<min(size, done + Output.atomicSize)) }
        return size
    }

    /// Reads what there is, or comes within a moment.
    package func read(atMost count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let number = ends.withLock { $0.read }
        let got = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(number, $0.baseAddress, $0.count) }
        return Array(bytes.prefix(max(0, got)))
    }

    /// Reads all until the end, on a thread.
    package func startReading() throws -> Posix.Thread {
        try Posix.Thread(name: "reader", stackSize: 1 << 18) { [self] in
            while true {
                let more = read(atMost: 1 << 16)
                if more.isEmpty { return }
                text.withLock { $0 += more }
            }
        }
    }

    /// All lines that a sink writes until it has nothing more.
    package func lines(of sink: LogSink) throws -> [String] {
        let reader = try startReading()
        sink.flush(within: .seconds(20))
        closeWriter()
        reader.join()
        return lines
    }

    package var lines: [String] {
        let text = String(decoding: text.withLock { $0 }, as: UTF8.self)
        precondition(text.isEmpty || text.hasSuffix("\n"), "a line is torn")
        return text.split(separator: "\n").map(String.init)
    }
}

/// Linux's, which Glibc's module lacks.
private let F_GETPIPE_SZ_: Int32 = 1032
