import Foundation
import Glibc
import Logging
import Logs
import Posix
import Testing
import TestSupport

/// Descriptors that take no lines, and that take them again.
struct LogFailureTests {
    private static func line(_ number: Int) -> [UInt8] { Array("line \(number)\n".utf8) }

    /// A descriptor that stays open, since a sink may outlive its test.
    private static func open(_ path: String, _ flags: Int32 = O_WRONLY) throws -> Output {
        Output(descriptor: try retryOnInterrupt { unsafe Glibc.open(path, flags | O_CLOEXEC, 0o600) })
    }

    @Test(arguments: [true, false])
    func aFullDiskCostsLinesUntilThereIsRoom(hasThread: Bool) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "imageswap-log-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let output = try Self.open("/dev/full")
        let sink = LogSink(output, format: .text)
        if hasThread { try sink.start() }
        for number in 0..<1_000 { sink.append(Self.line(number), level: .info) }
        #expect(sink.flush(within: .seconds(20)))

        let file = try Self.open(path, O_WRONLY | O_CREAT)
        #expect(dup2(file.descriptor, output.descriptor) == output.descriptor)
        close(file.descriptor)
        sink.append(Self.line(1_000), level: .info)
        #expect(sink.flush(within: .seconds(20)))
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines.count == 2)
        #expect(lines.first?.count(after: "WARNING log lines were lost") == 1_000)
        #expect(lines.last == "line 1000")
    }

    @Test(arguments: [true, false])
    func aReaderThatIsGoneEndsNothing(hasThread: Bool) throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: .json)
        if hasThread { try sink.start() }
        pipe.closeReader()
        for number in 0..<10 { sink.append(Self.line(number), level: .info) }
        #expect(sink.flush(within: .seconds(20)))

        let next = try LogPipe()
        #expect(dup2(next.output.descriptor, pipe.output.descriptor) == pipe.output.descriptor)
        sink.append(Self.line(10), level: .info)
        #expect(sink.flush(within: .seconds(20)))
        let lines = String(decoding: next.read(atMost: 1 << 16), as: UTF8.self).split(separator: "\n")
        #expect(lines.first?.hasSuffix(#","count":10}"#) == true, "\(lines)")
        #expect(lines.last == "line 10")
    }

    @Test(arguments: [true, false])
    func aDescriptorThatIsNoneEndsNothing(hasThread: Bool) throws {
        let sink = LogSink(Output(descriptor: 1 << 30), format: .text)
        if hasThread { try sink.start() }
        for number in 0..<1_000 { sink.append(Self.line(number), level: .info) }
        #expect(sink.flush(within: .seconds(20)))
    }

    @Test func theLineAfterATornOneIsItsOwn() throws {
        let pipe = try LogPipe()
        pipe.setNonBlocking()
        let filler = try pipe.fill(leaving: Output.atomicSize)
        let sink = LogSink(pipe.output, format: .text)
        sink.append(Array(repeating: UInt8(ascii: "y"), count: 12_000) + [UInt8(ascii: "\n")], level: .error)
        var rest = filler
        while rest > 0 { rest -= pipe.read(atMost: rest).count }
        sink.append(Self.line(1), level: .error)
        let lines = String(decoding: pipe.read(atMost: 1 << 16), as: UTF8.self).split(separator: "\n").map(String.init)
        #expect(lines.count == 3)
        #expect(lines.first == String(repeating: "y", count: Output.atomicSize))
        #expect(lines.dropFirst().first?.count(after: "WARNING log lines were lost") == 1)
        #expect(lines.last == "line 1")
    }

    /// Each write(2) is one that the kernel keeps in one piece, so each piece is of one process.
    @Test func linesOfTwoSinksOnOnePipeDoNotMix() throws {
        let pipe = try LogPipe()
        let sinks = ["a", "b"].map { (name: $0, sink: LogSink(pipe.output, format: .text)) }
        let reader = try pipe.startReading()
        for (_, sink) in sinks { try sink.start() }
        for _ in 0..<5_000 {
            for (name, sink) in sinks {
                sink.append(Array((String(repeating: name, count: 150) + "\n").utf8), level: .info)
            }
        }
        for (_, sink) in sinks { #expect(sink.flush(within: .seconds(20))) }
        pipe.closeWriter()
        reader.join()
        let lines = pipe.lines
        #expect(lines.count == 10_000)
        #expect(lines.allSatisfy { $0.utf8.count == 150 && Set($0).count == 1 })
    }
}
