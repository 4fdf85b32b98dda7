// What parsers ask of bytes and runs of bytes: classes of characters, searching, comparing.

extension UInt8 {
    var isDigit: Bool { self &- UInt8(ascii: "0") < 10 }
    var isLowerHexDigit: Bool { isDigit || self &- UInt8(ascii: "a") < 6 }
    var isHexDigit: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 6 }
    var isUpper: Bool { self &- UInt8(ascii: "A") < 26 }
    var isLowerAlphanumeric: Bool { isDigit || self &- UInt8(ascii: "a") < 26 }
    var isAlphanumeric: Bool { isDigit || (self | 0x20) &- UInt8(ascii: "a") < 26 }
    var isTagCharacter: Bool {
        isAlphanumeric || self == UInt8(ascii: "_") || self == UInt8(ascii: ".") || self == UInt8(ascii: "-")
    }
    var lowercased: UInt8 { isUpper ? self | 0x20 : self }
}

extension Span<UInt8> {
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == byte { return index }
            index += 1
        }
        return nil
    }

    package func contains(_ byte: UInt8) -> Bool { firstIndex(of: byte, from: 0) != nil }

    func hasPrefix(_ prefix: String, at start: Int) -> Bool {
        let prefix = prefix.utf8
        guard start + prefix.count <= count else { return false }
        var index = start
        for byte in prefix {
            guard self[index] == byte else { return false }
            index += 1
        }
        return true
    }

    func hasPrefix(_ prefix: borrowing Span<UInt8>, at start: Int = 0) -> Bool {
        guard start + prefix.count <= count else { return false }
        for index in prefix.indices where self[start + index] != prefix[index] { return false }
        return true
    }

    package func equals(_ other: borrowing Span<UInt8>) -> Bool { count == other.count && hasPrefix(other) }

    package func equals(_ text: String) -> Bool { count == text.utf8.count && hasPrefix(text, at: 0) }

    func contains(_ part: borrowing Span<UInt8>) -> Bool {
        guard part.count <= count else { return false }
        for start in 0...count - part.count where hasPrefix(part, at: start) { return true }
        return false
    }

    /// Whether the part before `end` is a registry rather than the first component of a Docker Hub path.
    func looksLikeRegistry(end: Int) -> Bool {
        var index = 0
        while index < end {
            let byte = self[index]
            if byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") || byte.isUpper { return true }
            index += 1
        }
        return end == 9 && hasPrefix("localhost", at: 0)
    }

    /// Whether the part before `end` is Docker Hub's older name, in any case.
    package func isDockerHubAlias(end: Int) -> Bool {
        guard end == 15 else { return false }
        var index = 0
        for byte in "index.docker.io".utf8 {
            guard self[index].lowercased == byte else { return false }
            index += 1
        }
        return true
    }
}

extension [UInt8] {
    package mutating func append(_ bytes: borrowing Span<UInt8>, _ range: Range<Int>) {
        // Of nothing to an empty array, this would write the count of the one that all empty arrays share: a data race.
        guard !range.isEmpty else { return }
        append(addingCapacity: range.count) { output in
            for index in range { output.append(bytes[index]) }
        }
    }

    package mutating func append(_ text: String) { append(contentsOf: text.utf8) }

    /// Appends a number that is not negative.
    package mutating func append(decimal number: Int) {
        if number >= 10 { append(decimal: number / 10) }
        append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10))
    }
}
