extension Request {
    /// Bytes of capacity that a body's buffer keeps from one request to the next. Nearly all bodies are smaller; a
    /// rare one of many megabytes is not to stay in every thread.
    package static let keptCapacity = 1 << 20

    /// Bytes added to a body's buffer at a time, so that memory is touched only for what really comes.
    private static let step = 256 * 1024

    /// CONTENT_LENGTH: digits alone, as RFC 9110 has it, with no sign or space. Nil if missing or empty.
    ///
    /// - Throws: `lengthInvalid`; `tooLarge` if over the limit, even if no Int can hold it.
    package borrowing func contentLength(limit: Int) throws(BodyError) -> Int? {
        let result = withParameter("CONTENT_LENGTH") { text -> Result<Int?, BodyError> in
            if text.isEmpty { return .success(nil) }
            var length = 0
            var isOver = false
            for index in text.indices {
                guard case UInt8(ascii: "0")...UInt8(ascii: "9") = text[index] else {
                    return .failure(.lengthInvalid(String(copyingRepaired: text.extracting(first: 32))))
                }
                if !isOver {
                    let (product, overflow) = length.multipliedReportingOverflow(by: 10)
                    let digit = Int(text[index] - UInt8(ascii: "0"))
                    length = overflow ? limit : product + digit
                    isOver = overflow || length > limit
                }
            }
            return isOver ? .failure(.tooLarge(limit: limit)) : .success(length)
        }
        return try result?.get() ?? nil
    }

    /// Reads the body: exactly CONTENT_LENGTH bytes, then the end of STDIN, without an error of libfcgi's.
    ///
    /// - Parameters:
    ///   - buffer: Holds the body afterwards, and nothing after an error, so that no part can pass for the whole. Its
    ///     capacity is used again; see `trim`.
    ///   - limit: The most bytes that are taken.
    package mutating func readBody(into buffer: inout [UInt8], limit: Int) throws(BodyError) {
        do throws(BodyError) {
            guard let length = try contentLength(limit: limit) else { throw .lengthMissing }
            if length <= Self.keptCapacity { Self.trim(&buffer) }
            try fill(&buffer, length)
        } catch {
            buffer.removeAll(keepingCapacity: buffer.capacity <= Self.keptCapacity)
            throw error
        }
    }

    /// Gives back what a large body left behind. To be called when a body's bytes are no longer needed.
    package static func trim(_ buffer: inout [UInt8]) {
        if buffer.capacity > keptCapacity { buffer = [] }
    }

    private mutating func fill(_ buffer: inout [UInt8], _ length: Int) throws(BodyError) {
        buffer.removeAll(keepingCapacity: true)
        buffer.reserveCapacity(length)
        while buffer.count < length {
            let wanted = min(length - buffer.count, Self.step)
            let end = buffer.count + wanted
            buffer.append(addingCapacity: wanted) { output in
                unsafe output.withUnsafeMutableBufferPointer { bytes, count in
                    let free = unsafe UnsafeMutableRawBufferPointer(bytes)[..<wanted]
                    count = unsafe exchange.read(into: UnsafeMutableRawBufferPointer(rebasing: free))
                }
            }
            if buffer.count < end {
                throw .cut(received: buffer.count, announced: length, cause: exchange.inputError)
            }
        }
        if exchange.nextByte() != nil { throw .surplus(announced: length) }
        if let cause = exchange.inputError { throw .cut(received: length, announced: length, cause: cause) }
    }
}
