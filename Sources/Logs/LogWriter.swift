private import ImageSwap
internal import Logging
internal import Posix

/// Writes whole lines, and says what it could not write once it can again. Nothing about its descriptor ends it.
struct LogWriter: Sendable {
    private let output: Output
    /// Bytes of one write(2) at most, unless one line alone is longer.
    private let longestWrite: Int
    /// Lines that were lost and not yet told of.
    private(set) var lost = 0
    /// Whether the last line stands there without its end.
    private var isTorn = false
    private var note: LogLine

    /// How long one wait for room is, where the descriptor is non-blocking: milliseconds.
    private static let wait: Int32 = 1000
    /// The pause where it has room by poll(2) and none by write(2): milliseconds.
    private static let pause: Int32 = 5

    init(_ output: Output, _ format: LogFormat) {
        self.output = output
        longestWrite = output.isFile ? Int.max : Output.atomicSize
        note = LogLine(format)
    }

    /// Writes lines, then counts `dropped` ones as lost. False if anything could not be written: it is lost then.
    ///
    /// - Parameter deadline: when to give up for lack of room; nil: never.
    mutating func write(_ lines: [UInt8], dropped: Int = 0, before deadline: MonotonicTime? = nil) -> Bool {
        guard sayLost(before: deadline) else {
            lost += lines.lineCount(from: 0) + dropped
            return false
        }
        let rest = put(lines, before: deadline)
        lost += lines.lineCount(from: rest) + dropped
        return rest == lines.count && sayLost(before: deadline)
    }

    /// Tells of lines that were over the rate.
    mutating func sayExcess(_ count: Int) -> Bool {
        put(.info, "log lines were left out: they were too many in a second", count, before: nil)
    }

    private mutating func sayLost(before deadline: MonotonicTime?) -> Bool {
        guard lost > 0 else { return true }
        let message = "log lines were lost: they came faster than they could be written"
        guard put(.warning, message, lost, before: deadline) else { return false }
        lost = 0
        return true
    }

    private mutating func put(
        _ level: Logger.Level, _ message: String, _ count: Int, before deadline: MonotonicTime?
    ) -> Bool {
        note.begin(level, message, at: .now)
        note.add("count", count)
        note.end()
        let bytes = note.bytes
        return put(bytes, before: deadline) == bytes.count
    }

    /// Writes as much as can be; answers how many bytes.
    private mutating func put(_ lines: [UInt8], before deadline: MonotonicTime?) -> Int {
        if isTorn {
            guard put([UInt8(ascii: "\n")], 0..<1, before: deadline) == 1 else { return 0 }
            isTorn = false
        }
        var start = 0
        while start < lines.count {
            let end = lines.endOfLines(from: start, upTo: longestWrite)
            let done = put(lines, start..<end, before: deadline)
            guard done == end else {
                isTorn = done > 0 && lines[done - 1] != UInt8(ascii: "\n")
                return done
            }
            start = end
        }
        return start
    }

    private func put(_ bytes: [UInt8], _ range: Range<Int>, before deadline: MonotonicTime?) -> Int {
        var start = range.lowerBound
        var wasWritable = false
        while start < range.upperBound {
            // With a limit, a blocking descriptor must not be met full either.
            if deadline != nil, !waitForRoom(before: deadline) { return start }
            do throws(Errno) {
                let count = try output.write(bytes, start..<range.upperBound)
                guard count > 0 else { return start }
                start += count
                wasWritable = false
            } catch .wouldBlock {
                if wasWritable { Thread.sleep(milliseconds: Self.pause) }
                guard waitForRoom(before: deadline) else { return start }
                wasWritable = true
            } catch {
                return start
            }
        }
        return start
    }

    private func waitForRoom(before deadline: MonotonicTime?) -> Bool {
        while true {
            let rest = deadline.map { ($0 - .now).wholeMilliseconds } ?? Self.wait
            if output.waitWritable(milliseconds: min(rest, Self.wait)) { return true }
            if let deadline, deadline <= .now { return false }
        }
    }
}

extension [UInt8] {
    /// The end of as many lines from `start` on as `limit` bytes hold; of one line, if it is longer.
    fileprivate func endOfLines(from start: Int, upTo limit: Int) -> Int {
        guard count - start > limit else { return count }
        var end = start + limit
        while end > start, self[end - 1] != UInt8(ascii: "\n") { end -= 1 }
        if end > start { return end }
        end = start + limit
        while end < count, self[end - 1] != UInt8(ascii: "\n") { end += 1 }
        return end
    }

    fileprivate func lineCount(from start: Int) -> Int {
        var count = 0
        for index in start..<self.count where self[index] == UInt8(ascii: "\n") { count += 1 }
        return count
    }
}
