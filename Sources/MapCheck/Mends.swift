// What --fix writes: only what changes no swap, and every comment stays.

import ImageSwap

extension MapCheck {
    /// The file with its separators, its stray white space and its repeated keys mended; nil where there is nothing
    /// to mend.
    package func mended() -> [UInt8]? {
        let lines = MapLines(text)
        var mends = Mends(text)
        let isSecret = pullSecretLines(lines)
        for diagnostic in file.diagnostics
        where diagnostic.kind == .deprecatedSeparator && !isSecret.contains(diagnostic.line) {
            mends.insert(":", line: diagnostic.line, column: diagnostic.column)
        }
        for rule in file.rules {
            for offset in strayWhiteSpace(rule, lines) { mends.remove(line: rule.line, column: offset + 1) }
        }
        for group in repeatedLines() {
            guard let first = group.first, let last = group.last, !isSecret.contains(last) else { continue }
            if let pattern = file.rules.first(where: { $0.line == last }), case .pattern = pattern.key {
                // A pattern keeps its first place in the order, with its last value.
                let line = Array(lines[first])
                guard let rule = MapFile(line.span).rules.first else { continue }
                for offset in strayWhiteSpace(rule, MapLines(line)) { mends.remove(line: first, column: offset + 1) }
                mends.replace(line: first, rule.valueColumns, by: pattern.value)
                for line in group.dropFirst() { mends.removeRule(line: line) }
            } else {
                for line in group.dropLast() { mends.removeRule(line: line) }
            }
        }
        let result = mends.result()
        // No mend may change a rule; were it to, the file is left as it is.
        guard result != text, Self.meaning(MapFile(result.span)) == Self.meaning(file) else { return nil }
        return result
    }

    /// Lines of pull secrets: they stay as they are, to the byte. Which pods get a credential is for their author to say.
    private func pullSecretLines(_ lines: MapLines) -> Set<Int> {
        Set((1...max(1, lines.count)).filter { !MapFile(Array(lines[$0]).span).pullSecrets.isEmpty })
    }

    /// Lines that have the same key, in their order.
    private func repeatedLines() -> [[Int]] {
        var groups: [[Int]] = []
        for diagnostic in file.diagnostics {
            guard case .duplicateKey(let earlier) = diagnostic.kind else { continue }
            if let index = groups.firstIndex(where: { $0.last == earlier }) {
                groups[index].append(diagnostic.line)
            } else {
                groups.append([earlier, diagnostic.line])
            }
        }
        return groups
    }

    private struct Meaning: Equatable {
        var values: [MapFile.Key: [UInt8]] = [:]
        var patterns: [MapFile.Key] = []
        var pullSecrets: [[UInt8]: [[UInt8]]] = [:]
        /// Whether they pin.
        var verifiedPlaces: [[UInt8]: Bool] = [:]
    }

    /// What a file says, wherever its lines stand.
    private static func meaning(_ file: MapFile) -> Meaning {
        var meaning = Meaning()
        for rule in file.rules {
            meaning.values[rule.key] = rule.value
            if case .pattern = rule.key { meaning.patterns.append(rule.key) }
        }
        for secret in file.pullSecrets { meaning.pullSecrets[secret.place] = secret.names }
        for place in file.verifiedPlaces { meaning.verifiedPlaces[place.place] = place.pins }
        return meaning
    }
}

/// Changes of a file, collected by line.
private struct Mends {
    private let lines: [ArraySlice<UInt8>]
    private var gone: Set<Int> = []
    /// By line, from 0: what takes the place of bytes of it, from 0.
    private var changes: [Int: [(range: Range<Int>, bytes: [UInt8])]] = [:]

    init(_ text: [UInt8]) { lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) }

    mutating func insert(_ text: String, line: Int, column: Int) {
        changes[line - 1, default: []].append((column - 1..<column - 1, Array(text.utf8)))
    }

    mutating func remove(line: Int, column: Int) {
        changes[line - 1, default: []].append((column - 1..<column, []))
    }

    mutating func replace(line: Int, _ columns: Range<Int>, by bytes: [UInt8]) {
        let range = columns.lowerBound - 1..<columns.upperBound - 1
        changes[line - 1, default: []].removeAll { range.contains($0.range.lowerBound) && $0.bytes.isEmpty }
        changes[line - 1, default: []].append((range, bytes))
    }

    /// Takes a rule away, and its line too where nothing but the rule stands there.
    mutating func removeRule(line: Int) { gone.insert(line - 1) }

    func result() -> [UInt8] {
        var result: [[UInt8]] = []
        for (index, line) in lines.enumerated() {
            var bytes = Array(line)
            if gone.contains(index) {
                guard let comment = bytes.firstIndex(of: UInt8(ascii: "#")) else { continue }
                result.append(Array(bytes[comment...]))
                continue
            }
            for change in (changes[index] ?? []).sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
                bytes.replaceSubrange(change.range, with: change.bytes)
            }
            result.append(bytes)
        }
        return Array(result.joined(separator: [UInt8(ascii: "\n")]))
    }
}
