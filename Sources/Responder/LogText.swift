// Text from outside in a log line: it stays on its line, and does nothing to a terminal.

extension [UInt8] {
    /// Appends UTF-8 with control characters (C0, DEL, C1), line separators and marks that turn the direction of
    /// writing as `\u{…}`.
    mutating func append(logText text: ArraySlice<UInt8>) {
        var index = text.startIndex
        while index < text.endIndex {
            let byte = text[index]
            if byte >= 0x20, byte < 0x7f {
                append(byte)
                index += 1
                continue
            }
            let (code, length) = Self.hidden(text[index...])
            if let code {
                append(contentsOf: "\\u{\(String(code, radix: 16))}".utf8)
            } else {
                append(byte)
            }
            index += length
        }
    }

    mutating func append(logText text: String) { append(logText: ArraySlice(text.utf8)) }

    /// Appends `key=value`, the value in quotes where it could be taken for more than one.
    mutating func append(logKey key: String, _ value: ArraySlice<UInt8>) {
        append(UInt8(ascii: " "))
        append(contentsOf: key.utf8)
        append(UInt8(ascii: "="))
        guard value.isEmpty || value.contains(where: { $0 == 0x20 || $0 == 0x22 || $0 == 0x3d }) else {
            return append(logText: value)
        }
        append(UInt8(ascii: "\""))
        for (number, part) in value.split(separator: UInt8(ascii: "\""), omittingEmptySubsequences: false).enumerated()
        {
            if number > 0 { append(contentsOf: "\\\"".utf8) }
            append(logText: part)
        }
        append(UInt8(ascii: "\""))
    }

    /// The character that `text` begins with, if it is one to escape, and its bytes.
    private static func hidden(_ text: ArraySlice<UInt8>) -> (code: UInt32?, length: Int) {
        let first = text.first ?? 0
        func byte(_ offset: Int) -> UInt8 { offset < text.count ? text[text.startIndex + offset] : 0 }
        if first < 0x20 || first == 0x7f { return (UInt32(first), 1) }
        if first == 0xc2, byte(1) < 0xa0 { return (UInt32(byte(1)), 2) }
        guard first == 0xe2, byte(1) == 0x80 || byte(1) == 0x81 else { return (nil, 1) }
        let code = 0x2000 | UInt32(byte(1) & 0x3f) << 6 | UInt32(byte(2) & 0x3f)
        switch code {
        case 0x200e, 0x200f, 0x2028...0x202e, 0x2066...0x2069: return (code, 3)
        default: return (nil, 1)
        }
    }
}
