import Logging
import Logs
import Posix
import Testing
import TestSupport

/// What the queue and its thread do with lines: all of them, or some and their number.
struct LogSinkTests {
    private static func line(_ number: Int, length: Int = 100) -> [UInt8] {
        let text = "\(number) "
        return Array("\(text)\(String(repeating: "x", count: max(0, length - text.utf8.count - 1)))\n".utf8)
    }

    /// The numbers of the lines, and how many more were told of as lost.
    private static func count(_ lines: [String]) throws -> (numbers: [Int], lost: Int) {
        var numbers: [Int] = []
        var lost = 0
        for line in lines {
            if let count = line.count(after: "WARNING log lines were lost") {
                lost += count
            } else {
                let parts = line.split(separator: " ")
                try #require(parts.count == 2 && parts[1].allSatisfy { $0 == "x" }, "mixed up: \(line)")
                numbers.append(try #require(Int(parts[0])))
            }
        }
        return (numbers, lost)
    }

    @Test func linesComeInTheirOrder() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text)
        try sink.start()
        let reader = try pipe.startReading()
        for number in 0..<5_000 { sink.append(Self.line(number), level: .info) }
        #expect(sink.flush(within: .seconds(20)))
        pipe.closeWriter()
        reader.join()
        let (numbers, lost) = try Self.count(pipe.lines)
        #expect(numbers == Array(0..<5_000))
        #expect(lost == 0)
    }

    @Test(arguments: [false, true])
    func aReaderThatStallsCostsLinesAndNoTime(isNonBlocking: Bool) throws {
        let pipe = try LogPipe()
        if isNonBlocking { pipe.setNonBlocking() }
        let sink = LogSink(pipe.output, format: .text)
        try sink.start()
        let start = MonotonicTime.now
        var slowest = Duration.zero
        for number in 0..<100_000 {
            let before = MonotonicTime.now
            sink.append(Self.line(number), level: .info)
            slowest = max(slowest, .now - before)
        }
        // Nobody reads: to wait for that would have no end.
        #expect(MonotonicTime.now - start < .seconds(60))
        #expect(slowest < .seconds(1))
        let (numbers, lost) = try Self.count(try pipe.lines(of: sink))
        #expect(numbers.count + lost == 100_000)
        #expect(numbers == numbers.sorted())
        #expect(numbers.count * 100 >= LogSink.queueCapacity * 9 / 10)
        #expect(lost > 0)
    }

    @Test func severalThreadsLoseNothingUncounted() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text, queueCapacity: 8_000)
        try sink.start()
        let reader = try pipe.startReading()
        let threads = try (0..<4).map { part in
            try Thread(name: "appender", stackSize: 1 << 18) {
                for number in 0..<10_000 { sink.append(Self.line(part * 10_000 + number), level: .info) }
            }
        }
        for thread in threads { thread.join() }
        #expect(sink.flush(within: .seconds(20)))
        pipe.closeWriter()
        reader.join()
        let (numbers, lost) = try Self.count(pipe.lines)
        #expect(numbers.count + lost == 40_000)
        #expect(Set(numbers).count == numbers.count)
    }

    @Test func aFullQueueStillHasRoomForAWarning() throws {
        let pipe = try LogPipe()
        let filler = try pipe.fill(leaving: Output.atomicSize)
        let sink = LogSink(pipe.output, format: .text, queueCapacity: 16_000)
        try sink.start()
        // Half of it finds room. Once that is there the thread stands in its write, with nothing left in the queue.
        sink.append(Self.line(0, length: 2 * Output.atomicSize), level: .info)
        let deadline = MonotonicTime.now + .seconds(20)
        while pipe.output.waitWritable(milliseconds: 0), MonotonicTime.now < deadline { Thread.sleep(milliseconds: 1) }
        for number in 1..<200 { sink.append(Self.line(number), level: .info) }
        sink.append(Self.line(200), level: .warning)
        sink.append(Self.line(201), level: .info)
        var rest = filler
        while rest > 0 { rest -= pipe.read(atMost: rest).count }
        let (numbers, lost) = try Self.count(try pipe.lines(of: sink))
        #expect(numbers.count + lost == 202)
        #expect(numbers.last == 200)
        #expect(lost > 0)
    }

    @Test func aFlushIsBounded() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text)
        #expect(sink.flush(within: .zero))
        try sink.start()
        _ = try pipe.fill()
        sink.append(Self.line(1), level: .info)
        let start = MonotonicTime.now
        #expect(!sink.flush(within: .milliseconds(30)))
        #expect((.milliseconds(30)..<(.seconds(5))).contains(.now - start))
        pipe.closeReader()
        #expect(sink.flush(within: .seconds(20)))
    }

    @Test func aLineWithoutAThreadIsThereAtOnce() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text)
        sink.append(Self.line(7, length: 10), level: .critical)
        #expect(pipe.read(atMost: 100) == Self.line(7, length: 10))
    }

    @Test func aLineWithoutAThreadWaitsOnlySoLong() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text)
        let filler = try pipe.fill()
        let start = MonotonicTime.now
        for number in 0..<100 { sink.append(Self.line(number), level: .critical) }
        #expect(.now - start < .seconds(10))
        #expect(pipe.read(atMost: filler).count > 0)
        sink.append(Self.line(100), level: .critical)
        let rest = String(decoding: pipe.read(atMost: 1 << 20), as: UTF8.self)
        #expect(rest.contains(" count=100\n100 x"), "\(rest.suffix(300))")
    }

    @Test func whatIsLeftIsWrittenWhenTheSinkGoes() throws {
        let pipe = try LogPipe()
        do {
            let sink = LogSink(pipe.output, format: .text)
            try sink.start()
            for number in 0..<3 { sink.append(Self.line(number, length: 10), level: .info) }
        }
        var text: [UInt8] = []
        while text.count < 30 { text += pipe.read(atMost: 100) }
        #expect(text == (0..<3).flatMap { Self.line($0, length: 10) })
    }
}

extension String {
    /// The `count=` of a line that tells of others.
    func count(after message: String) -> Int? {
        guard contains(message), let number = split(separator: " count=").last else { return nil }
        return Int(number)
    }
}
