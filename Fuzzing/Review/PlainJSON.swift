/// A JSON document as a tree, by a reader that is as plain as can be: what Admission's scanner, which makes no tree, is
/// compared with.
indirect enum PlainJSON {
    case string([UInt8])
    case array([PlainJSON])
    case object([(name: [UInt8], value: PlainJSON)])
    case isTrue
    case other

    /// Nil where the text is no JSON document (RFC 8259), or one that is nested deeper than 512 levels.
    init?(_ text: [UInt8]) {
        var reader = Reader(text: text)
        guard let value = reader.value(depth: 0) else { return nil }
        reader.skipSpace()
        guard reader.next == nil else { return nil }
        self = value
    }

    /// The last member of a name.
    subscript(name: String) -> PlainJSON? {
        guard case .object(let members) = self else { return nil }
        return members.last { $0.name == Array(name.utf8) }?.value
    }

    subscript(path: [String]) -> PlainJSON? {
        var value: PlainJSON? = self
        for name in path { value = value?[name] }
        return value
    }

    var bytes: [UInt8]? { if case .string(let bytes) = self { bytes } else { nil } }
    var elements: [PlainJSON] { if case .array(let elements) = self { elements } else { [] } }
    var isObject: Bool { if case .object = self { true } else { false } }

    func has(_ name: String) -> Bool { self[name] != nil }
    func isText(_ text: String) -> Bool { bytes == Array(text.utf8) }
}

private struct Reader {
    let text: [UInt8]
    var index = 0

    var next: UInt8? { index < text.count ? text[index] : nil }

    mutating func skipSpace() {
        while let byte = next, byte <= 0x20, " \n\r\t".utf8.contains(byte) { index += 1 }
    }

    mutating func take(_ word: String) -> Bool {
        guard next == word.utf8.first, text[index...].starts(with: word.utf8) else { return false }
        index += word.utf8.count
        return true
    }

    mutating func value(depth: Int) -> PlainJSON? {
        skipSpace()
        if next == UInt8(ascii: "\"") { return string().map(PlainJSON.string) }
        if take("true") { return .isTrue }
        if take("false") || take("null") { return .other }
        if take("[") { return depth < 512 ? array(depth: depth + 1) : nil }
        if take("{") { return depth < 512 ? object(depth: depth + 1) : nil }
        return number() ? .other : nil
    }

    private mutating func array(depth: Int) -> PlainJSON? {
        var elements: [PlainJSON] = []
        skipSpace()
        if take("]") { return .array([]) }
        while let element = value(depth: depth) {
            elements.append(element)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
        return nil
    }

    private mutating func object(depth: Int) -> PlainJSON? {
        var members: [(name: [UInt8], value: PlainJSON)] = []
        skipSpace()
        if take("}") { return .object([]) }
        while true {
            skipSpace()
            guard let name = string() else { return nil }
            skipSpace()
            guard take(":"), let value = value(depth: depth) else { return nil }
            members.append((name, value))
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func digits() -> Bool {
        let start = index
        while let byte = next, "0123456789".utf8.contains(byte) { index += 1 }
        return index > start
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || digits() else { return false }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return digits()
        }
        return true
    }

    private mutating func string() -> [UInt8]? {
        guard take("\"") else { return nil }
        var scalars = String.UnicodeScalarView()
        /// Bytes that were not escaped, which are checked as a whole.
        var plain: [UInt8] = []
        func flush() -> Bool {
            defer { plain = [] }
            guard let text = String(validating: plain, as: UTF8.self) else { return false }
            scalars += text.unicodeScalars
            return true
        }
        while let byte = next {
            index += 1
            switch byte {
            case UInt8(ascii: "\""): return flush() ? Array(String(scalars).utf8) : nil
            case 0..<32: return nil
            case UInt8(ascii: "\\"):
                guard flush(), let scalar = escape() else { return nil }
                scalars.append(scalar)
            default: plain.append(byte)
            }
        }
        return nil
    }

    private mutating func escape() -> Unicode.Scalar? {
        let short: [(String, Unicode.Scalar)] = [
            ("\"", "\""), ("\\", "\\"), ("/", "/"), ("b", "\u{8}"), ("f", "\u{c}"), ("n", "\n"), ("r", "\r"),
            ("t", "\t"),
        ]
        for (letter, scalar) in short where take(letter) { return scalar }
        guard let unit = unit() else { return nil }
        guard UTF16.isLeadSurrogate(unit) else { return Unicode.Scalar(unit) }
        guard take("\\"), let low = self.unit(), UTF16.isTrailSurrogate(low) else { return nil }
        var decoder = UTF16()
        var units = [unit, low].makeIterator()
        if case .scalarValue(let scalar) = decoder.decode(&units) { return scalar }
        return nil
    }

    private mutating func unit() -> UInt16? {
        guard take("u"), index + 4 <= text.count else { return nil }
        defer { index += 4 }
        let digits = text[index..<index + 4]
        guard digits.allSatisfy("0123456789abcdefABCDEF".utf8.contains) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
