/// A shell pattern, as Python's `fnmatchcase` reads it: `*`, `?`, `[a-z]`, `[!a-z]`; `*` also takes `/`.
///
/// `\` and `^` are literal, so is an unclosed `[`; a `]` first in a set belongs to it; a range that runs backwards is
/// empty. (fnmatch(3) differs in each.)
///
/// All ways through the pattern are followed at once, a bit each (Baeza-Yates and Gonnet's shift-and), so no
/// pattern makes a text slow: a step a character for each 64 pattern characters.
package struct ShellPattern: Sendable {
    enum Token {
        case any
        case one(Unicode.Scalar)
        case set([ClosedRange<Unicode.Scalar>], negated: Bool)

        func takes(_ scalar: Unicode.Scalar) -> Bool {
            switch self {
            case .any: true
            case .one(let own): own == scalar
            case .set(let ranges, let negated): ranges.contains { $0.contains(scalar) } != negated
            }
        }
    }

    /// What each place of the pattern takes, `*` left out.
    let tokens: [Token]
    /// The words of a bit set with a bit for "so many tokens were taken", from none to all.
    private let words: Int
    /// The bits of the states in which a `*` stands, so that any character leaves them as they are.
    private let stars: [UInt64]
    /// For each ASCII character, which row of `rows` is its own: a pattern tells few characters apart.
    private let rowOfASCII: [UInt8]
    /// Rows of `words` words: the states that may be entered by the row's characters.
    private let rows: [UInt64]

    /// The length of the part before the first `*`, `?` or `[`, in bytes.
    package let literalLength: Int

    package init(_ pattern: [UInt8]) {
        literalLength = pattern.prefix { !"*?[".utf8.contains($0) }.count
        var tokens: [Token] = []
        var starred: Set<Int> = []
        let scalars = Array(String(decoding: pattern, as: UTF8.self).unicodeScalars)
        var index = 0
        while index < scalars.count {
            switch scalars[index] {
            case "*": starred.insert(tokens.count)
            case "?": tokens.append(.any)
            case "[":
                if let end = Self.endOfSet(scalars, index + 1) {
                    tokens.append(Self.set(scalars[index + 1..<end]))
                    index = end
                } else {
                    tokens.append(.one("["))
                }
            case let scalar: tokens.append(.one(scalar))
            }
            index += 1
        }
        let words = tokens.count / 64 + 1
        var stars = [UInt64](repeating: 0, count: words)
        for state in starred { stars[state / 64] |= 1 << UInt64(state % 64) }

        var rowOfASCII: [UInt8] = []
        var rows: [[UInt64]] = []
        for code in UInt8(0)..<128 {
            let row = Self.row(of: Unicode.Scalar(code), tokens, words)
            if let known = rows.firstIndex(of: row) {
                rowOfASCII.append(UInt8(known))
            } else {
                rowOfASCII.append(UInt8(rows.count))
                rows.append(row)
            }
        }
        self.tokens = tokens
        self.words = words
        self.stars = stars
        self.rowOfASCII = rowOfASCII
        self.rows = rows.flatMap { $0 }
    }

    /// The index of the `]` that closes the set whose inside begins at `start`.
    private static func endOfSet(_ scalars: [Unicode.Scalar], _ start: Int) -> Int? {
        var index = start
        if index < scalars.count, scalars[index] == "!" { index += 1 }
        if index < scalars.count, scalars[index] == "]" { index += 1 }
        return index < scalars.count ? scalars[index...].firstIndex(of: "]") : nil
    }

    private static func set(_ inside: ArraySlice<Unicode.Scalar>) -> Token {
        var inside = inside
        let negated = inside.first == "!"
        if negated { inside.removeFirst() }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while let first = inside.popFirst() {
            if inside.count >= 2, inside.first == "-" {
                inside.removeFirst()
                let last = inside.removeFirst()
                if first <= last { ranges.append(first...last) }
            } else {
                ranges.append(first...first)
            }
        }
        return .set(ranges, negated: negated)
    }

    private static func row(of scalar: Unicode.Scalar, _ tokens: [Token], _ words: Int) -> [UInt64] {
        var row = [UInt64](repeating: 0, count: words)
        for (index, token) in tokens.enumerated() where token.takes(scalar) {
            row[(index + 1) / 64] |= 1 << UInt64((index + 1) % 64)
        }
        return row
    }

    /// Whether a `*` stands before the token of this number, or at the end.
    func hasStar(before token: Int) -> Bool { stars[token / 64] >> UInt64(token % 64) & 1 == 1 }

    /// Whether the pattern takes the whole text (UTF-8).
    package func matches(_ text: borrowing Span<UInt8>) -> Bool {
        words == 1 ? matchesShort(text) : matchesLong(text)
    }

    private func matchesShort(_ text: borrowing Span<UInt8>) -> Bool {
        var states: UInt64 = 1
        var offset = 0
        while offset < text.count {
            let row: UInt64
            if text[offset] < 0x80 {
                row = rows[Int(rowOfASCII[Int(text[offset])])]
                offset += 1
            } else {
                row = Self.row(of: Self.scalar(text, &offset), tokens, 1)[0]
            }
            states = (states << 1) & row | states & stars[0]
            if states == 0 { return false }
        }
        return states >> UInt64(tokens.count) & 1 == 1
    }

    private func matchesLong(_ text: borrowing Span<UInt8>) -> Bool {
        var states = [UInt64](repeating: 0, count: words)
        states[0] = 1
        var offset = 0
        while offset < text.count {
            var ownRow: [UInt64] = []
            var start = 0
            if text[offset] < 0x80 {
                start = Int(rowOfASCII[Int(text[offset])]) * words
                offset += 1
            } else {
                ownRow = Self.row(of: Self.scalar(text, &offset), tokens, words)
            }
            var carry: UInt64 = 0
            var alive: UInt64 = 0
            for word in 0..<words {
                let row = ownRow.isEmpty ? rows[start + word] : ownRow[word]
                let shifted = states[word] << 1 | carry
                carry = states[word] >> 63
                states[word] = shifted & row | states[word] & stars[word]
                alive |= states[word]
            }
            if alive == 0 { return false }
        }
        return states[tokens.count / 64] >> UInt64(tokens.count % 64) & 1 == 1
    }

    /// The character at `offset`, which moves behind it; a broken one counts a byte.
    private static func scalar(_ text: borrowing Span<UInt8>, _ offset: inout Int) -> Unicode.Scalar {
        let first = text[offset]
        offset += 1
        let length = first >= 0xf0 ? 3 : first >= 0xe0 ? 2 : first >= 0xc0 ? 1 : 0
        var value = UInt32(first) & (0x3f >> UInt32(length))
        for _ in 0..<length where offset < text.count {
            value = value << 6 | UInt32(text[offset] & 0x3f)
            offset += 1
        }
        return Unicode.Scalar(value) ?? "\u{fffd}"
    }
}
