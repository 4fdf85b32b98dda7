package import ImageSwap

/// All that is to be said about a map file.
package struct MapCheck: Sendable {
    package let text: [UInt8]
    package let file: MapFile
    /// By line, then by column.
    package let findings: [Finding]

    /// - Parameter base: The map file that the text, a namespace's own, is laid over; nil where it is the map file.
    package init(_ text: [UInt8], over base: MapFile? = nil) {
        self.text = text
        let file = MapFile(text.span)
        self.file = file
        let lines = MapLines(text)
        let rules = CheckedRules(file, over: base)
        var findings = file.diagnostics.map { Finding($0, lines) }
        findings += whiteSpaceFindings(file, lines)
        findings += nameSpaceFindings(file, lines)
        findings += lineEndFindings(lines)
        findings += keyFindings(rules, lines)
        findings += shadowFindings(rules)
        findings += chainFindings(rules)
        findings += placeFindings(rules)
        findings += pullSecretFindings(rules, lines)
        findings += verificationFindings(rules)
        // The original had no files of namespaces.
        if base == nil { findings += originalFindings(file) }
        self.findings = findings.enumerated().sorted { one, other in
            let left = (one.element.line, one.element.columns.lowerBound, one.offset)
            return left < (other.element.line, other.element.columns.lowerBound, other.offset)
        }.map(\.element)
    }

    package func count(_ severity: Finding.Severity) -> Int { findings.count { $0.severity == severity } }
}

/// A file's lines, as bytes.
struct MapLines: Sendable {
    private let lines: [ArraySlice<UInt8>]

    init(_ text: [UInt8]) { lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) }

    var count: Int { lines.count }

    /// - Parameter line: from 1.
    subscript(line: Int) -> ArraySlice<UInt8> { lines.indices.contains(line - 1) ? lines[line - 1] : [] }

    /// - Parameter columns: from 1.
    func bytes(_ line: Int, _ columns: Range<Int>) -> ArraySlice<UInt8> {
        let bytes = self[line]
        let range = columns.lowerBound - 1 + bytes.startIndex..<columns.upperBound - 1 + bytes.startIndex
        return bytes[range.clamped(to: bytes.startIndex..<bytes.endIndex)]
    }
}

extension Finding {
    /// What reading the file found.
    fileprivate init(_ diagnostic: Diagnostic, _ lines: MapLines) {
        let column = diagnostic.column
        var columns = column..<column + 1
        var hint: String?
        let kind: Finding.Kind
        switch diagnostic.kind {
        case .invalidLine:
            kind = .invalidLine
            columns = column..<column
            if diagnostic.problem.contains("no '::'") {
                hint = "a rule is key::value, and an empty value leaves images alone; # starts a comment"
            }
        case .deprecatedSeparator: kind = .deprecatedSeparator
        case .invalidValue:
            kind = .invalidValue
            columns = column..<column
        case .duplicateKey(let line):
            kind = .duplicateKey
            columns = column..<column
            hint = "the value of line \(line) counts nowhere: take that line away"
        }
        self.init(
            diagnostic.severity == .error ? .error : .warning, kind, line: diagnostic.line, columns: columns,
            "\(diagnostic.problem); \(diagnostic.action)", hint: hint)
    }
}

extension [UInt8] {
    var text: String { String(decoding: self, as: UTF8.self) }
}

extension ArraySlice<UInt8> {
    var text: String { String(decoding: self, as: UTF8.self) }
}
