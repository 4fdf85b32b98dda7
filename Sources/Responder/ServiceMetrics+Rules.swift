private import ImageSwap
internal import Metrics
package import Posix

// What the status page tells of rules: written by the process that reads the map file first, a supervisor or a worker
// alone.
extension ServiceMetrics {
    /// Tells of a map file that serves from here on: its rules, and what is wrong with it.
    package func tellOfRules(_ loaded: MapFileSource.Loaded, at time: WallTime = .now) {
        let (file, text) = (loaded.file, loaded.text)
        guard let digest = RuleSet.wholeDigest(text) else { return }
        let lines = MapLines(text)
        // Read once more, the same file serves since it was read first: so long its lines' hits were counted.
        let before = layout.status.rules.read(in: memory).map { RuleTable($0) }
        let since =
            if let before, before.digest == digest { before.loadedAt } else {
                UInt64(max(0, time.nanoseconds / 1_000_000))
            }
        let counts = [file.rules.count, loaded.invalidLines, loaded.rules.pullSecrets?.names.count ?? 0]
        let numbers = digest.wordValues + [since] + counts.map { UInt64($0) }
        let rules = file.rules.sorted { $0.line < $1.line }
        layout.status.rules.write(rows: rules.count, in: memory) { head in
            for (index, number) in numbers.enumerated() { head.set(index, to: number) }
        } row: { row, index in
            let rule = rules[index]
            row.set(0, to: UInt64(rule.line))
            row.set(text: 0, to: text.span.extracting(lines.bytes(rule.line, rule.keyColumns)))
            row.set(text: 1, to: text.span.extracting(lines.bytes(rule.line, rule.valueColumns)))
        }
        tellOfFaults(file, lines, text)
        tellOfFailure(nil)
    }

    /// Lines that are skipped come first: of the others there may be more than there is room for.
    private func tellOfFaults(_ file: MapFile, _ lines: MapLines, _ text: [UInt8]) {
        let faults =
            file.diagnostics.filter { $0.severity == .error } + file.diagnostics.filter { $0.severity != .error }
        layout.status.faults.write(rows: faults.count, in: memory) { head in
            head.set(0, to: UInt64(faults.count))
        } row: { row, index in
            let fault = faults[index]
            row.set(0, to: UInt64(fault.line))
            row.set(1, to: UInt64(fault.column))
            row.set(2, to: fault.severity == .error ? 1 : 0)
            row.set(text: 0, to: text.span.extracting(lines.bytes(fault.line)))
            row.set(text: 1, to: "\(fault.problem); \(fault.action)".utf8.span)
        }
    }

    /// Tells why the map file cannot serve as it is now; nil once it can.
    package func tellOfFailure(_ reason: String?, at time: WallTime = .now) {
        layout.status.failure.write(in: memory) { head in
            head.set(0, to: reason == nil ? 0 : UInt64(max(0, time.nanoseconds)))
            head.set(text: 0, to: (reason ?? "").utf8.span)
        }
    }

    /// Tells which namespaces have rules of their own, and whether a file of theirs cannot serve as it is now.
    package func tellOfNamespaces(_ namespaces: [NamespaceState]) {
        layout.status.namespaces.write(rows: namespaces.count, in: memory) { head in
            head.set(0, to: UInt64(namespaces.count))
        } row: { row, index in
            row.set(0, to: namespaces[index].isFailing ? 1 : 0)
            row.set(text: 0, to: namespaces[index].name.utf8.span)
        }
    }
}

/// A namespace with rules of its own.
package struct NamespaceState: Equatable, Sendable {
    package let name: String
    /// Its file cannot serve as it is now: what it said before does, or the rules for all namespaces.
    package let isFailing: Bool

    package init(name: String, isFailing: Bool) {
        self.name = name
        self.isFailing = isFailing
    }
}

/// The rules' table as it was read.
struct RuleTable {
    let digest: SHA256Digest
    /// Milliseconds since 1970: when this file was read first.
    let loadedAt: UInt64
    let count: UInt64
    let invalidLines: UInt64
    let pullSecrets: UInt64
    let rows: [Record]

    init(_ content: RecordTable.Content) {
        let numbers = content.head.numbers
        digest = SHA256Digest(words: Array(numbers.prefix(SHA256Digest.words)))
        let rest = Array(numbers.dropFirst(SHA256Digest.words))
        (loadedAt, count, invalidLines, pullSecrets) = (rest[0], rest[1], rest[2], rest[3])
        rows = content.rows
    }
}

/// Where the lines of a text are.
private struct MapLines {
    private var ranges: [Range<Int>] = []

    init(_ text: [UInt8]) {
        var start = 0
        for (index, byte) in text.enumerated() where byte == UInt8(ascii: "\n") {
            ranges.append(start..<index)
            start = index + 1
        }
        ranges.append(start..<text.count)
    }

    /// The bytes of a line, from 1, or of some of its columns, from 1.
    func bytes(_ line: Int, _ columns: Range<Int>? = nil) -> Range<Int> {
        guard line >= 1, line <= ranges.count else { return 0..<0 }
        let whole = ranges[line - 1]
        guard let columns else { return whole }
        let start = whole.lowerBound - 1
        return (start + columns.lowerBound..<start + columns.upperBound).clamped(to: whole)
    }
}
