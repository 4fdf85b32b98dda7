import FuzzSupport

/// A map file's rules, read and looked through in the plainest way: each line cut where its separators stand, each rule
/// tried after the other. What `MapFile` and `Rules` make of a file must be the same.
struct PlainRules {
    enum Kind: Equatable {
        case fallback, wildcards, exact, pattern, place
    }

    struct Rule: Equatable {
        let kind: Kind
        let key: [UInt8]
        let value: [UInt8]
        let line: Int

        /// What stands between two "|"; of an empty value none.
        var targets: [[UInt8]] {
            guard kind != .wildcards, !value.isEmpty else { return [] }
            let parts = PlainRules.split(value, at: [UInt8(ascii: "|")])
            return kind == .exact ? parts : parts.map(PlainRules.withoutSlashes)
        }
    }

    private(set) var rules: [Rule] = []

    init(_ text: [UInt8]) {
        let lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() {
            let line = Self.withoutSpace(line.prefix { $0 != UInt8(ascii: "#") })
            guard let (key, value) = Self.cut(line), let rule = Self.rule(key, value, index + 1) else { continue }
            if let earlier = rules.firstIndex(where: { $0.kind == rule.kind && $0.key == rule.key }) {
                rules[earlier] = rule
            } else {
                rules.append(rule)
            }
        }
    }

    private static func withoutSpace(_ line: ArraySlice<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = line
        while let byte = rest.first {
            let isMark = rest.starts(with: [0xef, 0xbb, 0xbf])
            rest = rest.dropFirst(isMark ? 3 : 1)
            if !isMark, ![0x20, 0x09, 0x0d, 0x0c, 0x0b].contains(byte) { bytes.append(byte) }
        }
        return bytes
    }

    /// Key and value, as Python's split on "::" gives them, and where there is none on ":".
    private static func cut(_ line: [UInt8]) -> (key: [UInt8], value: [UInt8])? {
        let parts = split(line, at: Array("::".utf8))
        let pair = parts.count == 1 ? split(line, at: Array(":".utf8)) : parts
        return pair.count == 2 ? (pair[0], pair[1]) : nil
    }

    fileprivate static func split(_ text: [UInt8], at separator: [UInt8]) -> [[UInt8]] {
        var parts: [[UInt8]] = [[]]
        var rest = text[...]
        while let byte = rest.first {
            if rest.starts(with: separator) {
                parts.append([])
                rest = rest.dropFirst(separator.count)
            } else {
                parts[parts.count - 1].append(byte)
                rest = rest.dropFirst()
            }
        }
        return parts
    }

    private static func rule(_ key: [UInt8], _ value: [UInt8], _ line: Int) -> Rule? {
        let trimmed = withoutSlashes(value)
        if key.starts(with: "[PULL_SECRET]".utf8) || key.starts(with: "[VERIFY]".utf8) { return nil }
        let parts = split(value, at: [UInt8(ascii: "|")])
        if parts.count > 1, parts.contains([]), key != Array("noswap_wildcards".utf8) { return nil }
        if key == Array("default".utf8) { return Rule(kind: .fallback, key: [], value: trimmed, line: line) }
        if key == Array("noswap_wildcards".utf8) { return Rule(kind: .wildcards, key: [], value: trimmed, line: line) }
        for (mark, kind) in [("[EXACT]", Kind.exact), ("[REPLACE]", .pattern)] where key.starts(with: mark.utf8) {
            let rest = Array(key.dropFirst(mark.utf8.count))
            let value = kind == .exact ? value : trimmed
            return rest.isEmpty ? nil : Rule(kind: kind, key: rest, value: value, line: line)
        }
        let place = withoutSlashes(key)
        guard !place.isEmpty else { return nil }
        let registryEnd = place.firstIndex(of: UInt8(ascii: "/")) ?? place.count
        return Rule(
            kind: .place, key: lowered(place[..<registryEnd]) + place[registryEnd...], value: trimmed, line: line)
    }

    fileprivate static func withoutSlashes(_ bytes: [UInt8]) -> [UInt8] {
        Array(bytes.reversed().drop { $0 == UInt8(ascii: "/") }.reversed())
    }

    static func lowered(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
        bytes.map { (0x41...0x5a).contains($0) ? $0 + 0x20 : $0 }
    }
}
