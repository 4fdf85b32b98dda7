// White space counts nowhere: within a word it is most likely a slip, and it hides what the rule says.

import ImageSwap

/// Where white space stands in a line that its author cannot have meant: offsets of bytes, from 0.
func strayWhiteSpace(_ rule: MapFile.Rule, _ lines: MapLines) -> [Int] {
    let line = Array(lines[rule.line])
    return strayWhiteSpace(line, in: rule.keyColumns, isKey: true) + strayWhiteSpace(line, in: rule.valueColumns)
}

private func strayWhiteSpace(_ line: [UInt8], in columns: Range<Int>, isKey: Bool = false) -> [Int] {
    (columns.lowerBound - 1..<columns.upperBound - 1).filter { offset in
        guard isWhiteSpace(line, offset) else { return false }
        // Behind [EXACT] and [REPLACE], and about the commas of a list, it is only layout.
        let before = line[..<offset].last { !isSpaceOrTab($0) }
        let after = line[(offset + 1)...].first { !isSpaceOrTab($0) }
        let isLayout = before == UInt8(ascii: "]") && isKey || before == UInt8(ascii: ",") || after == UInt8(ascii: ",")
        return !(isSpaceOrTab(line[offset]) && isLayout)
    }
}

private let carriageReturn = UInt8(ascii: "\r")

private func isSpaceOrTab(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 }

/// A byte of white space as the map file has it, each of a byte order mark's three too.
private func isWhiteSpace(_ line: [UInt8], _ offset: Int) -> Bool {
    if [0x20, 0x09, 0x0d, 0x0c, 0x0b].contains(line[offset]) { return true }
    let mark: [UInt8] = [0xef, 0xbb, 0xbf]
    return (0..<3).contains { offset >= $0 && line[(offset - $0)...].starts(with: mark) }
}

func whiteSpaceFindings(_ file: MapFile, _ lines: MapLines) -> [Finding] {
    file.rules.compactMap { rule in
        // Carriage returns have a finding of their own.
        let line = Array(lines[rule.line])
        guard let first = strayWhiteSpace(rule, lines).first(where: { line[$0] != carriageReturn }) else { return nil }
        let isInKey = first + 1 < rule.keyColumns.upperBound
        let word = lines.bytes(rule.line, isInKey ? rule.keyColumns : rule.valueColumns)
        let read = Array(word).enumerated().filter { !isWhiteSpace(Array(word), $0.offset) }.map(\.element)
        return Finding(
            .warning, .whiteSpace, line: rule.line, columns: first + 1..<first + 2,
            "white space within the \(isInKey ? "key" : "value"), which counts nowhere: it is read as \(read.text)",
            hint: "take it away (--fix does)")
    }
}

/// Of `[PULL_SECRET]` lines: two names without a comma between them are read as one, of a Secret that is not there. What
/// was meant is not certain, so `--fix` leaves it.
func nameSpaceFindings(_ file: MapFile, _ lines: MapLines) -> [Finding] {
    file.pullSecrets.compactMap { secret in
        let line = Array(lines[secret.line])
        let stray = strayWhiteSpace(line, in: secret.valueColumns)
        guard let first = stray.first(where: { line[$0] != carriageReturn }) else { return nil }
        let names = secret.names.map(\.text).joined(separator: ", ")
        return Finding(
            .warning, .whiteSpace, line: secret.line, columns: first + 1..<first + 2,
            "white space within a name, which counts nowhere: the secrets are read as \(names)",
            hint: "put commas between names")
    }
}

/// Carriage returns with more behind them in their line: an editor shows a new line there, and the rule on it serves not.
func lineEndFindings(_ lines: MapLines) -> [Finding] {
    (1...max(1, lines.count)).compactMap { number in
        let line = lines[number]
        guard let last = line.lastIndex(where: { !isSpaceOrTab($0) && $0 != carriageReturn }),
            let first = line[..<last].firstIndex(of: carriageReturn)
        else { return nil }
        let column = first - line.startIndex + 1
        return Finding(
            .warning, .lineEnd, line: number, columns: column..<column + 1,
            "a carriage return alone ends no line: what is behind it belongs to this one",
            hint: "end lines with a newline, or with a carriage return and a newline")
    }
}
