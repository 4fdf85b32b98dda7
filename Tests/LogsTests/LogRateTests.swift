import Logging
import Logs
import Posix
import Testing
import TestSupport

/// How many lines a flood makes.
struct LogRateTests {
    @Test func aFloodIsBoundedAndToldOf() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .text, linesPerSecond: 50)
        try sink.start()
        let log = Logger(label: "test") { _ in LineLogHandler(level: .info, sink: sink) }
        for number in 0..<5_000 {
            log.info("flood")
            if number.isMultiple(of: 500) { log.warning("kept") }
        }
        let lines = try pipe.lines(of: sink)
        let passed = lines.count { $0.hasSuffix(" INFO flood") }
        let told = lines.compactMap { $0.count(after: " INFO log lines were left out") }
        #expect(lines.count { $0.hasSuffix(" WARNING kept") } == 10)
        // The clock goes on meanwhile: any of the seconds may have had fewer lines than it could.
        let seconds = Dictionary(grouping: lines.filter { $0.hasSuffix(" INFO flood") }) { $0.prefix(19) }
        #expect(seconds.values.map(\.count).max() == 50)
        #expect(passed + told.reduce(0, +) == 5_000)
        #expect(told.count <= seconds.count + 1)
    }

    @Test func aSecondLaterItIsToldOfWithoutAnotherLine() throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .json, linesPerSecond: 1)
        try sink.start()
        let time = WallTime.now
        for _ in 0..<8 where sink.permits(.info, at: time) { sink.append(Array("first\n".utf8), level: .info) }
        // One read takes both lines where this thread is held up for a second.
        var bytes: [UInt8] = []
        while bytes.count(where: { $0 == UInt8(ascii: "\n") }) < 2 { bytes += pipe.read(atMost: 1_000) }
        let told = String(decoding: bytes, as: UTF8.self)
        #expect(told.hasPrefix("first\n"))
        #expect(
            told.hasSuffix(
                #"","level":"INFO","message":"log lines were left out: they were too many in a second","count":7}"#
                    + "\n"))
    }

    @Test func eachSecondIsItsOwn() {
        let sink = LogSink(Output(descriptor: 1 << 30), format: .text, linesPerSecond: 2)
        func permits(_ second: Int64, _ level: Logger.Level = .info) -> Bool {
            sink.permits(level, at: WallTime(nanoseconds: second * 1_000_000_000 + 7))
        }
        #expect([permits(5), permits(5), permits(5)] == [true, true, false])
        #expect(permits(5, .warning) && permits(5, .critical))
        #expect([permits(6), permits(6), permits(6)] == [true, true, false])
        // A clock that was set back.
        #expect([permits(1), permits(1), permits(1)] == [true, true, false])
    }
}
