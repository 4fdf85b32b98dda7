// The tokens of JSON (RFC 8259, sections 2, 3 and 6), but for strings: where each ends.

extension Span<UInt8> {
    /// Moves to the next byte that is no white space.
    @inline(__always)
    func token(at index: inout Int) throws(ReviewError) -> UInt8 {
        while index < count {
            let byte = self[index]
            guard byte <= 0x20 else { return byte }
            guard byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 else {
                throw ReviewError(.unexpectedByte, at: index)
            }
            index &+= 1
        }
        throw ReviewError(.unexpectedEnd, at: index)
    }

    /// Behind the `"name":` that stands next.
    @inline(__always)
    func endOfName(from start: Int) throws(ReviewError) -> Int {
        var index = start
        guard try token(at: &index) == UInt8(ascii: "\"") else { throw ReviewError(.unexpectedByte, at: index) }
        index = try endOfString(from: index)
        guard try token(at: &index) == UInt8(ascii: ":") else { throw ReviewError(.unexpectedByte, at: index) }
        return index &+ 1
    }

    /// Behind `true` or `null`, or behind `alse`, whose first letter stands at `start`.
    @inline(__always)
    func endOfLiteral(_ second: Unicode.Scalar, _ third: Unicode.Scalar, _ fourth: Unicode.Scalar, from start: Int)
        throws(ReviewError) -> Int
    {
        guard start &+ 4 <= count, self[start &+ 1] == UInt8(ascii: second), self[start &+ 2] == UInt8(ascii: third),
            self[start &+ 3] == UInt8(ascii: fourth)
        else { throw ReviewError(.literal, at: start) }
        return start &+ 4
    }

    /// Behind the number whose first byte stands at `start`. What follows must end it: "01" and "1x" are caught by
    /// whoever reads on.
    func endOfNumber(from start: Int) throws(ReviewError) -> Int {
        var index = start
        if self[index] == UInt8(ascii: "-") { index += 1 }
        if index < count, self[index] == UInt8(ascii: "0") {
            index += 1
        } else {
            index = try endOfDigits(from: index)
        }
        if index < count, self[index] == UInt8(ascii: ".") {
            index = try endOfDigits(from: index + 1)
        }
        if index < count, self[index] | 0x20 == UInt8(ascii: "e") {
            index += 1
            if index < count, self[index] == UInt8(ascii: "+") || self[index] == UInt8(ascii: "-") { index += 1 }
            index = try endOfDigits(from: index)
        }
        return index
    }

    private func endOfDigits(from start: Int) throws(ReviewError) -> Int {
        var index = start
        while index < count, self[index] &- UInt8(ascii: "0") < 10 { index += 1 }
        guard index > start else { throw ReviewError(.number, at: start) }
        return index
    }
}
