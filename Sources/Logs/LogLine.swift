private import ImageSwap
package import Logging
package import Posix

/// A log line in the making, in the one form or the other. Its bytes are kept for the next one.
package struct LogLine: Sendable {
    package let format: LogFormat
    /// The line, with its end once `end` was called.
    package private(set) var bytes: [UInt8] = []
    private var stamp = LogStamp()

    /// Bytes of a message at most.
    private static let longestMessage = 8 << 10
    /// Bytes that a line's buffer keeps.
    private static let keptCapacity = 64 << 10

    package init(_ format: LogFormat) { self.format = format }

    /// Starts with time, level and message; what was there before is gone.
    package mutating func begin(_ level: Logger.Level, _ message: String, at time: WallTime) {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptCapacity)
        switch format {
        case .text:
            stamp.append(time, to: &bytes)
            bytes.append(UInt8(ascii: " "))
            bytes.append(literal: level.name)
            bytes.append(UInt8(ascii: " "))
            bytes.append(logText: message, .none, upTo: Self.longestMessage)
        case .json:
            bytes.append(literal: #"{"time":""#)
            stamp.append(time, to: &bytes)
            bytes.append(literal: #"","level":""#)
            bytes.append(literal: level.name)
            bytes.append(literal: #"","message":""#)
            bytes.append(logText: message, .json, upTo: Self.longestMessage)
            bytes.append(literal: #"""#)
        }
    }

    /// A field with a text from outside: UTF-8, cut where it makes more than `limit` bytes.
    package mutating func add(_ key: StaticString, _ value: borrowing Span<UInt8>, upTo limit: Int) {
        beginField { $0.append(literal: key) }
        append(value, upTo: limit)
    }

    /// The same with a name made at run time.
    package mutating func add(name: String, _ value: String, upTo limit: Int) {
        beginField { $0.append(name) }
        append(value.utf8.span, upTo: limit)
    }

    private mutating func append(_ value: borrowing Span<UInt8>, upTo limit: Int) {
        switch format {
        case .text:
            guard value.needsQuotes else { return bytes.append(logText: value, .none, upTo: limit) }
            bytes.append(UInt8(ascii: "\""))
            bytes.append(logText: value, .text, upTo: limit)
            bytes.append(UInt8(ascii: "\""))
        case .json:
            bytes.append(UInt8(ascii: "\""))
            bytes.append(logText: value, .json, upTo: limit)
            bytes.append(UInt8(ascii: "\""))
        }
    }

    package mutating func add(_ key: StaticString, _ value: Int) {
        beginField { $0.append(literal: key) }
        bytes.append(decimal: value)
    }

    package mutating func add(_ key: StaticString, _ value: Bool) {
        beginField { $0.append(literal: key) }
        bytes.append(literal: value ? "true" : "false")
    }

    /// Anything else, by someone who knows the form.
    package mutating func append(_ body: (inout [UInt8]) -> Void) { body(&bytes) }

    package mutating func end() {
        if format == .json { bytes.append(UInt8(ascii: "}")) }
        bytes.append(UInt8(ascii: "\n"))
    }

    @inline(__always)
    private mutating func beginField(_ name: (inout [UInt8]) -> Void) {
        switch format {
        case .text:
            bytes.append(UInt8(ascii: " "))
            name(&bytes)
            bytes.append(UInt8(ascii: "="))
        case .json:
            bytes.append(literal: #",""#)
            name(&bytes)
            bytes.append(literal: #"":"#)
        }
    }
}

/// The time of a line as RFC 3339 has it; what lines of the same second share is made once.
private struct LogStamp: Sendable {
    private var second = Int64.min
    private var text: [UInt8] = []

    /// Bytes before the milliseconds: "2026-07-01T09:05:03."
    private static let shared = 20

    mutating func append(_ time: WallTime, to bytes: inout [UInt8]) {
        // Lines are of now: no time before 1970.
        let (second, rest) = time.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        if second != self.second {
            self.second = second
            text = Array(time.rfc3339.utf8.prefix(Self.shared))
        }
        let milliseconds = Int(rest / 1_000_000)
        bytes.append(contentsOf: text)
        bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: milliseconds / 100))
        bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: milliseconds / 10 % 10))
        bytes.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: milliseconds % 10))
        bytes.append(UInt8(ascii: "Z"))
    }
}

extension Logger.Level {
    fileprivate var name: StaticString {
        switch self {
        case .trace: "TRACE"
        case .debug: "DEBUG"
        case .info: "INFO"
        case .notice: "NOTICE"
        case .warning: "WARNING"
        case .error: "ERROR"
        case .critical: "CRITICAL"
        }
    }
}

extension Span<UInt8> {
    /// Whether a value could be taken for more than one, or for none.
    fileprivate var needsQuotes: Bool {
        guard !isEmpty else { return true }
        for index in indices {
            switch self[index] {
            case UInt8(ascii: " "), UInt8(ascii: "\""), UInt8(ascii: "="), UInt8(ascii: "\\"): return true
            default: continue
            }
        }
        return false
    }
}
