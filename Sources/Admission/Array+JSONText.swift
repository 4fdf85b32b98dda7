// What JSON strings mean, copied out of a document.

internal import ImageSwap

extension [UInt8] {
    /// Appends what a string means, its escapes resolved. The string was scanned, so they are whole.
    @inline(__always)
    mutating func append(_ text: JSONScanner.Text, of json: borrowing Span<UInt8>) {
        guard text.isEscaped else {
            append(json, text.start..<text.end)
            return
        }
        appendEscaped(text, of: json)
    }

    private mutating func appendEscaped(_ text: JSONScanner.Text, of json: borrowing Span<UInt8>) {
        var index = text.start
        while index < text.end {
            guard json[index] == UInt8(ascii: "\\") else {
                append(json[index])
                index += 1
                continue
            }
            switch json[index + 1] {
            case UInt8(ascii: "b"): append(0x08)
            case UInt8(ascii: "f"): append(0x0c)
            case UInt8(ascii: "n"): append(0x0a)
            case UInt8(ascii: "r"): append(0x0d)
            case UInt8(ascii: "t"): append(0x09)
            case UInt8(ascii: "u"):
                var code = (try? json.codeUnit(at: index)) ?? 0xfffd
                if code & 0xfc00 == 0xd800 {
                    let low = (try? json.codeUnit(at: index + 6)) ?? 0xdc00
                    code = 0x10000 + (code & 0x3ff) << 10 + (low & 0x3ff)
                    index += 6
                }
                append(contentsOf: String(Unicode.Scalar(code) ?? "\u{fffd}").utf8)
                index += 4
            case let byte: append(byte)
            }
            index += 2
        }
    }
}
