private import ImageSwap

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

    private(set) var offset: Int
    private var depth = 0
    /// Nothing stands yet in the array or object that was entered last.
    private var isFirst = false

    /// - Parameter offset: Where a value stands.
    init(at offset: Int = 0) { self.offset = offset }

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
        try json.token(at: &offset)
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

    /// Passes the string that `peek` saw.
    @inline(__always)
    mutating func string(_ json: borrowing Span<UInt8>) throws(ReviewError) -> Text {
        let start = offset + 1
        var isEscaped = false
        offset = try json.endOfString(from: offset, &isEscaped)
        return Text(start: start, end: offset - 1, isEscaped: isEscaped)
    }

    /// Checks a value of any kind, and passes it.
    ///
    /// Most of a document goes this way, so it is one loop on local state instead of calls of the above.
    mutating func skip(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        var index = offset
        var open = OpenBrackets(depth: depth)
        member: while true {
            if open.isObject { index = try json.endOfName(from: index) }
            switch try json.token(at: &index) {
            case UInt8(ascii: "\""):
                index = try json.endOfString(from: index)
            case UInt8(ascii: "{"):
                if index &+ 1 < json.count, json[index &+ 1] == UInt8(ascii: "}"), open.depth < Self.deepest {
                    index &+= 2
                    break
                }
                try open.push(isObject: true, at: index)
                index &+= 1
                if try json.token(at: &index) == UInt8(ascii: "}") { break }
                continue member
            case UInt8(ascii: "["):
                try open.push(isObject: false, at: index)
                index &+= 1
                if try json.token(at: &index) == UInt8(ascii: "]") { break }
                continue member
            case UInt8(ascii: "t"):
                index = try json.endOfLiteral("r", "u", "e", from: index)
            case UInt8(ascii: "f"):
                guard index &+ 1 < json.count, json[index &+ 1] == UInt8(ascii: "a") else {
                    throw ReviewError(.literal, at: index)
                }
                index = try json.endOfLiteral("l", "s", "e", from: index &+ 1)
            case UInt8(ascii: "n"):
                index = try json.endOfLiteral("u", "l", "l", from: index)
            case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
                index = try json.endOfNumber(from: index)
            default:
                throw ReviewError(.unexpectedByte, at: index)
            }
            while open.depth > depth {
                let byte = try json.token(at: &index)
                if byte == UInt8(ascii: ",") {
                    index &+= 1
                    continue member
                }
                guard byte == (open.isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")) else {
                    throw ReviewError(.unexpectedByte, at: index)
                }
                open.pop()
                index &+= 1
            }
            offset = index
            return
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

    /// Where an object or an array ends that begins at an offset, all of it checked; something else is trailing bytes.
    package static func end(ofDocumentIn json: borrowing Span<UInt8>, at offset: Int) throws(ReviewError) -> Int {
        guard json[offset] == UInt8(ascii: "{") || json[offset] == UInt8(ascii: "[") else {
            throw ReviewError(.trailingBytes, at: offset)
        }
        var scanner = JSONScanner(at: offset)
        try scanner.skip(json)
        return scanner.offset
    }

    /// What the inside of a string of a valid document means, its escapes resolved.
    package static func string(_ inside: borrowing Span<UInt8>) -> String {
        var bytes: [UInt8] = []
        bytes.append(Text(start: 0, end: inside.count, isEscaped: inside.contains(UInt8(ascii: "\\"))), of: inside)
        return String(decoding: bytes, as: UTF8.self)
    }
}

/// Which brackets are open, a bit each: an object's or an array's.
private struct OpenBrackets {
    private(set) var depth: Int
    private(set) var isObject = false
    private var bits = InlineArray<8, UInt64>(repeating: 0)

    init(depth: Int) { self.depth = depth }

    @inline(__always)
    mutating func push(isObject: Bool, at offset: Int) throws(ReviewError) {
        guard depth < JSONScanner.deepest else { throw ReviewError(.tooDeep, at: offset) }
        let bit: UInt64 = 1 << (UInt64(truncatingIfNeeded: depth) & 63)
        if self.isObject { bits[depth >> 6] |= bit } else { bits[depth >> 6] &= ~bit }
        self.isObject = isObject
        depth &+= 1
    }

    @inline(__always)
    mutating func pop() {
        depth &-= 1
        isObject = bits[depth >> 6] >> (UInt64(truncatingIfNeeded: depth) & 63) & 1 == 1
    }
}
