/// A strict, forward-only reader of a JSON document (RFC 8259): every byte is validated, no tree is built.
///
/// It holds an offset and nothing of the document, which is handed to each call. A caller walks the values that it
/// wants and skips the others, which checks them all the same:
///
///     try scanner.enterObject(json)
///     while let name = try scanner.nextName(json) { … one value … }
package struct JSONScanner {
    /// How deep arrays and objects may be nested (Go's encoding/json: 10,000; a Pod needs some 20).
    static let deepest = 512

    private(set) var offset = 0
    private var depth = 0
    /// Nothing stands yet in the array or object that was entered last.
    private var isFirst = false

    /// A string's inside, without its quotes.
    struct Text {
        let start: Int
        let end: Int
        let isEscaped: Bool
    }

    // MARK: structure

    /// The first byte of the next token, which is not consumed.
    @inline(__always)
    mutating func peek(_ json: borrowing Span<UInt8>) throws(ReviewError) -> UInt8 {
        while offset < json.count {
            let byte = json[offset]
            guard byte <= 0x20 else { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                throw ReviewError(.unexpectedByte, at: offset)
            }
            offset += 1
        }
        throw ReviewError(.unexpectedEnd, at: offset)
    }

    /// Enters the object that `peek` saw.
    @inline(__always)
    mutating func enterObject(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        try enter()
    }

    /// Enters the array that `peek` saw.
    @inline(__always)
    mutating func enterArray(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        try enter()
    }

    @inline(__always)
    private mutating func enter() throws(ReviewError) {
        guard depth < Self.deepest else { throw ReviewError(.tooDeep, at: offset) }
        depth += 1
        offset += 1
        isFirst = true
    }

    /// The next name of the object that was entered, its `:` consumed; nil at the object's end.
    @inline(__always)
    mutating func nextName(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Text? {
        guard try hasNext(json, closing: UInt8(ascii: "}")) else { return nil }
        guard try peek(json) == UInt8(ascii: "\"") else { throw ReviewError(.unexpectedByte, at: offset) }
        let name = try string(json)
        guard try peek(json) == UInt8(ascii: ":") else { throw ReviewError(.unexpectedByte, at: offset) }
        offset += 1
        return name
    }

    /// Whether another element follows in the array that was entered.
    @inline(__always)
    mutating func nextElement(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Bool {
        try hasNext(json, closing: UInt8(ascii: "]"))
    }

    @inline(__always)
    private mutating func hasNext(_ json: borrowing Span<UInt8>, closing: UInt8) throws(ReviewError) -> Bool {
        let byte = try peek(json)
        if byte == closing {
            depth -= 1
            offset += 1
            isFirst = false
            return false
        }
        if isFirst {
            isFirst = false
            return true
        }
        guard byte == UInt8(ascii: ",") else { throw ReviewError(.unexpectedByte, at: offset) }
        offset += 1
        return true
    }

    /// Checks that nothing but white space is left.
    mutating func finish(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        while offset < json.count {
            guard [0x20, 0x0a, 0x0d, 0x09].contains(json[offset]) else { throw ReviewError(.trailingBytes, at: offset) }
            offset += 1
        }
    }

    // MARK: values

    /// Checks a value of any kind, and passes it.
    mutating func skip(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        switch try peek(json) {
        case UInt8(ascii: "\""):
            _ = try string(json)
        case UInt8(ascii: "{"):
            try enter()
            while try nextName(json) != nil { try skip(json) }
        case UInt8(ascii: "["):
            try enter()
            while try nextElement(json) { try skip(json) }
        case UInt8(ascii: "t"):
            try literal(json, "true")
        case UInt8(ascii: "f"):
            try literal(json, "false")
        case UInt8(ascii: "n"):
            try literal(json, "null")
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            try number(json)
        default:
            throw ReviewError(.unexpectedByte, at: offset)
        }
    }

    private mutating func literal(_ json: borrowing Span<UInt8>, _ text: String) throws(ReviewError) {
        let start = offset
        for byte in text.utf8 {
            guard offset < json.count, json[offset] == byte else { throw ReviewError(.literal, at: start) }
            offset += 1
        }
    }

    private mutating func number(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        if json[offset] == UInt8(ascii: "-") { offset += 1 }
        if offset < json.count, json[offset] == UInt8(ascii: "0") {
            offset += 1
        } else {
            try digits(json)
        }
        if offset < json.count, json[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits(json)
        }
        if offset < json.count, json[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < json.count, json[offset] == UInt8(ascii: "+") || json[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            try digits(json)
        }
        // What follows must end the number: "01" and "1x" are caught by whoever reads on.
    }

    private mutating func digits(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        let start = offset
        while offset < json.count, json[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        guard offset > start else { throw ReviewError(.number, at: start) }
    }

    /// Checks the string that `peek` saw, and passes it.
    @inline(__always)
    mutating func string(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Text {
        let start = offset + 1
        var index = start
        var isEscaped = false
        while true {
            index = json.endOfPlainText(from: index)
            guard index < json.count else { throw ReviewError(.unexpectedEnd, at: index) }
            let byte = json[index]
            if byte == UInt8(ascii: "\"") {
                offset = index + 1
                return Text(start: start, end: index, isEscaped: isEscaped)
            }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                index = try json.endOfEscape(from: index)
            } else if byte >= 0x80 {
                index = try json.endOfSequence(from: index)
            } else {
                throw ReviewError(.controlCharacter, at: index)
            }
        }
    }
}

extension JSONScanner {
    /// Checks that a text is one JSON document, and nothing else.
    package static func validate(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        var scanner = JSONScanner()
        try scanner.skip(json)
        try scanner.finish(json)
    }
}
