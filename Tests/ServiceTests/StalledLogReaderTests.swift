import Foundation
import Glibc
import TestSupport
import Testing

/// Somebody who reads the log, stops doing so, and goes on.
struct StalledLogReaderTests {
    /// Each review's line is nearly as long as what a pipe takes in one piece, so that room for lines is soon used up.
    private static let review = RealReviewsTests.review(
        containers: (0..<7).map {
            #"{"name":"c\#($0)","image":"\#(String(repeating: "i", count: 250))"}"#
        }.joined(separator: ","))

    @Test func requestsAreAnsweredAsEverAndTheLogTellsWhatItLacks() throws {
        let folder = try TemporaryFolder()
        _ = try folder.write(Self.review, to: "review.json")
        let pipe = try LogFIFO(at: (folder / "log").path)
        let service = try Service(
            maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "INFO"],
            shell: #"exec "$@" 2>'\#((folder / "log").path)'"#)
        #expect(try service.post(Data(Self.review.utf8)).status == 200)
        let isLogging = eventually { pipe.read().contains(" review patched ") }
        #expect(isLogging)

        // Nobody reads any more: soon the pipe is full, then the queues of both workers.
        let load = try Load(on: service, seconds: 300, body: (folder / "review.json").path)
        let lines = 2 * (2 << 20) / 3_900 + 1_000
        let isFull = try eventually(within: 120) {
            try service.metric("imageswap_admission_reviews_total", #"outcome="patched""#) > lines
        }
        #expect(isFull)
        load.stop()
        let result = try load.result()
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        // Each at the first try: so none took as long as nginx waits, 2 s.
        let requests = service.nginx.output.split(separator: "\n").filter { $0.contains(#""tries":"#) }
        #expect(requests.count > lines / 2)
        // 0: those that wrk had under way when it stopped.
        let again = requests.filter { !$0.contains(#""tries":1,"#) && !$0.contains(#""tries":0,"#) }
        #expect(again.isEmpty, "\(again.first ?? "")")
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)

        // Whoever reads on finds each review, or that it is missing.
        var reviews = 0
        var text = ""
        let isComplete = try eventually {
            // Those that the load had under way may be counted later.
            reviews = try service.metric("imageswap_admission_reviews_total", #"outcome="patched""#)
            let more = pipe.read()
            text += more
            return more.isEmpty && 1 + Self.logged(in: text) + Self.missing(in: text) == reviews
        }
        #expect(isComplete, "\(reviews) reviews: \(Self.logged(in: text)) lines, \(Self.missing(in: text)) left out")
        #expect(text.contains("WARNING log lines were lost: they came faster than they could be written count="))
        // And then what comes next.
        #expect(try service.post(Data(Self.review.utf8)).status == 200)
        let goesOn = eventually { pipe.read().contains(" review patched ") }
        #expect(goesOn)
    }

    private static func logged(in text: String) -> Int { text.components(separatedBy: " review patched ").count - 1 }

    private static func missing(in text: String) -> Int {
        text.components(separatedBy: "log lines were ").dropFirst().reduce(0) { sum, rest in
            let line = rest.prefix { $0 != "\n" }
            return sum + (Int(line.drop { $0 != "=" }.dropFirst()) ?? 0)
        }
    }
}

/// A named pipe, of which this is the reader.
private final class LogFIFO {
    private let descriptor: Int32

    init(at path: String) throws {
        let made = unsafe mkfifo(path, 0o600)
        try #require(made == 0)
        // Without waiting for the writer.
        descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK)
        try #require(descriptor >= 0)
    }

    deinit { close(descriptor) }

    /// What is there now.
    func read() -> String {
        var bytes = [UInt8](repeating: 0, count: 1 << 20)
        let count = unsafe bytes.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }
}
