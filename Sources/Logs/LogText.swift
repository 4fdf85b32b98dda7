// Text from outside in a log line: it stays on its line and in its quotes, and does nothing to a terminal.

private import ImageSwap

/// What surrounds a text, and so what must be escaped in it beside the hidden characters.
package enum LogQuoting: Sendable {
    /// Nothing: quotes and backslashes stand for themselves.
    case none
    /// A line's `key="value"`.
    case text
    /// A JSON string.
    case json
}

extension [UInt8] {
    /// Appends UTF-8 with control characters (C0, DEL, C1), line separators and marks that turn the direction of
    /// writing as `\u{…}`, or as JSON has it. What makes more than `limit` bytes is cut between two characters.
    package mutating func append(logText text: borrowing Span<UInt8>, _ quoting: LogQuoting, upTo limit: Int) {
        let end = count + limit
        var index = 0
        while true {
            let stop = text.endOfPlainText(from: index)
            guard stop - index <= end - count else {
                append(text, index..<index + end - count)
                return append(literal: "…")
            }
            append(text, index..<stop)
            guard stop < text.count else { return }
            let start = count
            index = appendSpecial(text, at: stop, quoting)
            guard count <= end else {
                removeLast(count - start)
                return append(literal: "…")
            }
        }
    }

    package mutating func append(logText text: String, _ quoting: LogQuoting, upTo limit: Int) {
        append(logText: text.utf8.span, quoting, upTo: limit)
    }

    /// Appends the character at `start`, which is none of the plain ones; answers where the next one begins.
    private mutating func appendSpecial(_ text: borrowing Span<UInt8>, at start: Int, _ quoting: LogQuoting) -> Int {
        let first = text[start]
        let end = Swift.min(start + first.sequenceLength, text.count)
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "\\") {
            if quoting != .none { append(UInt8(ascii: "\\")) }
            append(first)
        } else if let code = text.hiddenCharacter(at: start) {
            let digits = String(code, radix: 16)
            if quoting == .json {
                append(literal: #"\u"#)
                for _ in digits.utf8.count..<4 { append(UInt8(ascii: "0")) }
                append(digits)
            } else {
                append("\\u{\(digits)}")
            }
        } else {
            append(text, start..<end)
        }
        return end
    }
}

extension [UInt8] {
    /// Appends a text of the program's own as it is: cheaper than a String.
    package mutating func append(literal text: StaticString) {
        text.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }
}

extension UInt8 {
    /// Bytes of the UTF-8 sequence that begins with this one.
    fileprivate var sequenceLength: Int {
        switch self {
        case ..<0xc0: 1
        case ..<0xe0: 2
        case ..<0xf0: 3
        default: 4
        }
    }
}

extension Span<UInt8> {
    /// The first byte from `start` on that is a quote, a backslash, a control character or not ASCII; or the end.
    @inline(__always)
    fileprivate func endOfPlainText(from start: Int) -> Int {
        var index = start
        while index < count {
            let byte = self[index]
            if byte &- 0x20 >= 0x5f || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index &+= 1
        }
        return index
    }

    /// The character at `start` if it is one to escape; all of them are of the basic plane.
    fileprivate func hiddenCharacter(at start: Int) -> UInt16? {
        let first = self[start]
        func byte(_ offset: Int) -> UInt8 { start + offset < count ? self[start + offset] : 0 }
        switch first {
        case ..<0x20, 0x7f: return UInt16(first)
        case 0xc2: return byte(1) < 0xa0 ? UInt16(byte(1)) : nil
        case 0xd8: return byte(1) == 0x9c ? 0x061c : nil
        case 0xe2 where byte(1) == 0x80 || byte(1) == 0x81:
            let code = 0x2000 | UInt16(byte(1) & 0x3f) << 6 | UInt16(byte(2) & 0x3f)
            switch code {
            case 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: return code
            default: return nil
            }
        default: return nil
        }
    }
}
