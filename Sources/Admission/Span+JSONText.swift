// The inside of JSON strings (RFC 8259, section 7): where most of a review's bytes are.

extension Span<UInt8> {
    /// The first byte from `start` on that is a quote, a backslash, a control character or not ASCII; or the end.
    ///
    /// Eight bytes a step: each subtraction borrows into a byte's highest bit where the byte is what it looks for, and
    /// only ASCII has that bit free. The borrow may also mark a byte behind such a one, never the first.
    @inline(__always)
    func endOfPlainText(from start: Int) -> Int {
        let ones: UInt64 = 0x0101_0101_0101_0101
        var index = start
        while index &+ 8 <= count {
            let word = word(at: index)
            let quotes = (word ^ (ones &* 0x22)) &- ones
            let backslashes = (word ^ (ones &* 0x5c)) &- ones
            let controls = word &- (ones &* 0x20)
            let stops = (quotes | backslashes | controls | word) & (ones &* 0x80)
            if stops != 0 { return index &+ stops.trailingZeroBitCount >> 3 }
            index &+= 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte >= 0x80 || byte == 0x22 || byte == 0x5c { break }
            index += 1
        }
        return index
    }

    /// The eight bytes from `start` on, the first one lowest.
    @inline(__always)
    func word(at start: Int) -> UInt64 {
        let block = extracting(start..<start &+ 8)
        return UInt64(block[0]) | UInt64(block[1]) << 8 | UInt64(block[2]) << 16 | UInt64(block[3]) << 24
            | UInt64(block[4]) << 32 | UInt64(block[5]) << 40 | UInt64(block[6]) << 48 | UInt64(block[7]) << 56
    }

    /// Behind the string whose quote stands at `start`.
    @inline(__always)
    func endOfString(from start: Int, _ isEscaped: inout Bool) throws(ReviewError) -> Int {
        var index = start &+ 1
        while true {
            index = endOfPlainText(from: index)
            guard index < count else { throw ReviewError(.unexpectedEnd, at: index) }
            let byte = self[index]
            if byte == UInt8(ascii: "\"") { return index &+ 1 }
            if byte == UInt8(ascii: "\\") {
                isEscaped = true
                // Most escapes of a review are quotes (in `managedFields`).
                if index &+ 1 < count, self[index &+ 1] == UInt8(ascii: "\"") {
                    index &+= 2
                } else {
                    index = try endOfEscape(from: index)
                }
            } else if byte >= 0x80 {
                index = try endOfSequence(from: index)
            } else {
                throw ReviewError(.controlCharacter, at: index)
            }
        }
    }

    @inline(__always)
    func endOfString(from start: Int) throws(ReviewError) -> Int {
        var isEscaped = false
        return try endOfString(from: start, &isEscaped)
    }

    /// The end of the escape at `start`; a surrogate pair is one.
    func endOfEscape(from start: Int) throws(ReviewError) -> Int {
        guard start + 1 < count else { throw ReviewError(.unexpectedEnd, at: count) }
        switch self[start + 1] {
        case 0x22, 0x5c, 0x2f, 0x62, 0x66, 0x6e, 0x72, 0x74:  // " \ / b f n r t
            return start + 2
        case UInt8(ascii: "u"):
            let unit = try codeUnit(at: start)
            if unit & 0xfc00 == 0xd800 {
                guard start + 7 < count, self[start + 6] == 0x5c, self[start + 7] == UInt8(ascii: "u"),
                    try codeUnit(at: start + 6) & 0xfc00 == 0xdc00
                else { throw ReviewError(.loneSurrogate, at: start) }
                return start + 12
            }
            guard unit & 0xfc00 != 0xdc00 else { throw ReviewError(.loneSurrogate, at: start) }
            return start + 6
        default:
            throw ReviewError(.escape, at: start)
        }
    }

    /// The code unit of the `\uXXXX` at `start`.
    func codeUnit(at start: Int) throws(ReviewError) -> UInt32 {
        guard start + 6 <= count else { throw ReviewError(.unexpectedEnd, at: count) }
        var unit: UInt32 = 0
        for index in start + 2..<start + 6 {
            let byte = self[index]
            let digit: UInt8
            if byte &- UInt8(ascii: "0") < 10 {
                digit = byte &- UInt8(ascii: "0")
            } else if (byte | 0x20) &- UInt8(ascii: "a") < 6 {
                digit = (byte | 0x20) &- UInt8(ascii: "a") + 10
            } else {
                throw ReviewError(.escape, at: start)
            }
            unit = unit << 4 | UInt32(digit)
        }
        return unit
    }

    /// The end of the UTF-8 sequence at `start`, which is not ASCII (Unicode 16.0, table 3-7: well-formed sequences).
    func endOfSequence(from start: Int) throws(ReviewError) -> Int {
        let first = self[start]
        let (length, second): (Int, ClosedRange<UInt8>) =
            switch first {
            case 0xc2...0xdf: (2, 0x80...0xbf)
            case 0xe0: (3, 0xa0...0xbf)
            case 0xe1...0xec, 0xee...0xef: (3, 0x80...0xbf)
            case 0xed: (3, 0x80...0x9f)
            case 0xf0: (4, 0x90...0xbf)
            case 0xf1...0xf3: (4, 0x80...0xbf)
            case 0xf4: (4, 0x80...0x8f)
            default: throw ReviewError(.utf8, at: start)
            }
        guard start + length <= count, second.contains(self[start + 1]) else { throw ReviewError(.utf8, at: start) }
        for index in start + 2..<start + length where self[index] & 0xc0 != 0x80 {
            throw ReviewError(.utf8, at: start)
        }
        return start + length
    }
}
