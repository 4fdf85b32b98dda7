import Foundation
import Logging
import Logs
import Posix
import Testing
import TestSupport

/// The forms of a line, and what is escaped in it.
struct LogLineTests {
    struct Case: Sendable {
        let value: String
        let text: String
        let json: String

        init(_ value: String, _ text: String, _ json: String) {
            self.value = value
            self.text = text
            self.json = json
        }
    }

    private static let time = WallTime(nanoseconds: 1_782_896_703_007_000_000)

    static func line(_ format: LogFormat, _ value: String, upTo limit: Int = 512) -> String {
        var line = LogLine(format)
        line.begin(.info, "m", at: time)
        line.add("k", Array(value.utf8).span, upTo: limit)
        line.end()
        return String(decoding: line.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        Case("plain", "plain", "plain"),
        Case("", #""""#, ""),
        Case("a b", #""a b""#, "a b"),
        Case("a=b", #""a=b""#, "a=b"),
        Case(#"a"b"#, #""a\"b""#, #"a\"b"#),
        Case(#"a\"#, #""a\\""#, #"a\\"#),
        Case("a\nb\r", #"a\u{a}b\u{d}"#, #"a\u000ab\u000d"#),
        Case("\u{0}\u{1f}\u{7f}", #"\u{0}\u{1f}\u{7f}"#, #"\u0000\u001f\u007f"#),
        Case("\u{1b}[31m", #"\u{1b}[31m"#, #"\u001b[31m"#),
        Case("\u{80}\u{9b}\u{9f}\u{a0}", "\\u{80}\\u{9b}\\u{9f}\u{a0}", "\\u0080\\u009b\\u009f\u{a0}"),
        Case("\u{2028}\u{2029}", #"\u{2028}\u{2029}"#, #"\u2028\u2029"#),
        Case("\u{202a}\u{202e}\u{2066}\u{2069}", #"\u{202a}\u{202e}\u{2066}\u{2069}"#, #"\u202a\u202e\u2066\u2069"#),
        Case("\u{200e}\u{200f}\u{61c}", #"\u{200e}\u{200f}\u{61c}"#, #"\u200e\u200f\u061c"#),
        Case(
            "\u{2027}\u{202f}\u{2065}\u{206a}", "\u{2027}\u{202f}\u{2065}\u{206a}", "\u{2027}\u{202f}\u{2065}\u{206a}"),
        Case("ä€😀", "ä€😀", "ä€😀"),
    ])
    func valuesStayInTheirPlace(row: Case) throws {
        #expect(Self.line(.text, row.value) == "2026-07-01T09:05:03.007Z INFO m k=\(row.text)\n")
        let json = Self.line(.json, row.value)
        #expect(json == #"{"time":"2026-07-01T09:05:03.007Z","level":"INFO","message":"m","k":"\#(row.json)"}"# + "\n")
        #expect(try logObject(json)["k"] as? String == row.value)
    }

    @Test(arguments: [
        (String(repeating: "n", count: 9), 8, String(repeating: "n", count: 8) + "…"),
        (String(repeating: "n", count: 8), 8, String(repeating: "n", count: 8)),
        ("ääää", 8, "ääää"), ("äääää", 8, "ääää…"), ("nääää", 8, "näää…"), ("näää", 8, "näää"),
        ("n😀😀", 5, "n😀…"), ("n😀😀", 4, "n…"), ("n", 0, "…"),
    ])
    func longValuesAreCutBetweenCharacters(value: String, limit: Int, cut: String) throws {
        #expect(try logObject(Self.line(.json, value, upTo: limit))["k"] as? String == cut)
        #expect(Self.line(.text, value, upTo: limit).hasSuffix(" k=\(cut)\n"))
    }

    @Test func whatIsEscapedCountsAsItIsWritten() {
        let line = Self.line(.json, String(repeating: "\u{1}", count: 1_000_000))
        #expect(line.utf8.count < 512 + 100)
    }

    @Test func timesOfOneSecondAndTheNext() {
        var line = LogLine(.text)
        for (milliseconds, text) in [(1, "00.001"), (999, "00.999"), (1_000, "01.000"), (61_010, "01.010")]
            as [(Int64, String)]
        {
            line.begin(.debug, "m", at: WallTime(nanoseconds: milliseconds * 1_000_000))
            line.end()
            #expect(String(decoding: line.bytes, as: UTF8.self).hasSuffix(":\(text)Z DEBUG m\n"))
        }
    }

    @Test(arguments: LogFormat.allCases)
    func swiftLogsLinesHaveTheSameForm(format: LogFormat) throws {
        let pipe = try LogPipe()
        let sink = LogSink(pipe.output, format: format)
        var log = Logger(label: "test") { _ in LineLogHandler(level: .info, sink: sink) }
        log[metadataKey: "worker"] = "1"
        log.debug("not there")
        log.error("it \"broke\"\n", error: Errno.brokenPipe, metadata: ["file": "/a b", "level": "x"])
        let line = String(decoding: pipe.read(atMost: 1_000), as: UTF8.self)
        switch format {
        case .text:
            #expect(
                line.dropFirst(24)
                    == " ERROR it \"broke\"\\u{a} error=\"Broken pipe (EPIPE)\" file=\"/a b\" level_=x worker=1\n")
        case .json:
            let object = try logObject(line)
            #expect(object["message"] as? String == "it \"broke\"\n")
            #expect(object["level"] as? String == "ERROR")
            #expect(object["level_"] as? String == "x")
            #expect(object["file"] as? String == "/a b")
            #expect(object["worker"] as? String == "1")
            #expect(object["error"] as? String == "Broken pipe (EPIPE)")
        }
    }
}
