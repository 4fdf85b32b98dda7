/// Whether a shell pattern takes a text, tried from left to right: at each `*` with every rest of the text.
struct PlainPattern {
    private let pattern: [Unicode.Scalar]
    private let text: [Unicode.Scalar]
    /// What came of a place in both, so that no pattern takes for ever.
    private var known: [Int: Bool] = [:]

    private init(_ pattern: [UInt8], _ text: [UInt8]) {
        self.pattern = Array(String(decoding: pattern, as: UTF8.self).unicodeScalars)
        self.text = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
    }

    static func takes(_ pattern: [UInt8], _ text: [UInt8]) -> Bool {
        var match = PlainPattern(pattern, text)
        return match.takes(from: 0, 0)
    }

    private mutating func takes(from place: Int, _ start: Int) -> Bool {
        let key = place * (text.count + 1) + start
        if let known = known[key] { return known }
        let result = isTaken(place, start)
        known[key] = result
        return result
    }

    private mutating func isTaken(_ place: Int, _ start: Int) -> Bool {
        guard place < pattern.count else { return start == text.count }
        if pattern[place] == "*" {
            for rest in start...text.count where takes(from: place + 1, rest) { return true }
            return false
        }
        guard start < text.count else { return false }
        switch pattern[place] {
        case "?": return takes(from: place + 1, start + 1)
        case "[":
            guard let end = endOfSet(place + 1) else { fallthrough }
            return isInSet(text[start], place + 1, end) && takes(from: end + 1, start + 1)
        default: return pattern[place] == text[start] && takes(from: place + 1, start + 1)
        }
    }

    /// Where the set ends whose inside begins here; nil where it does not.
    private func endOfSet(_ start: Int) -> Int? {
        var end = start
        if end < pattern.count, pattern[end] == "!" { end += 1 }
        // The first one belongs to the set.
        if end < pattern.count, pattern[end] == "]" { end += 1 }
        while end < pattern.count, pattern[end] != "]" { end += 1 }
        return end < pattern.count ? end : nil
    }

    private func isInSet(_ scalar: Unicode.Scalar, _ start: Int, _ end: Int) -> Bool {
        let isNegated = pattern[start] == "!"
        var index = isNegated ? start + 1 : start
        var isIn = false
        while index < end {
            if index + 2 < end, pattern[index + 1] == "-" {
                if pattern[index].value <= scalar.value, scalar.value <= pattern[index + 2].value { isIn = true }
                index += 3
            } else {
                if pattern[index] == scalar { isIn = true }
                index += 1
            }
        }
        return isIn != isNegated
    }
}
