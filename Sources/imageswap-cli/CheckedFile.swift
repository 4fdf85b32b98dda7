// The forms in which findings are printed.

import ImageSwap
import MapCheck

/// A map file that was checked.
struct CheckedFile {
    let name: String
    private let lines: [String]
    let findings: [Finding]

    init(name: String, text: [UInt8], findings: [Finding]) {
        self.name = name
        self.findings = findings
        lines = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func line(_ finding: Finding) -> String {
        guard lines.indices.contains(finding.line - 1) else { return "" }
        let line = lines[finding.line - 1]
        return line.unicodeScalars.last == "\r" ? String(line.unicodeScalars.dropLast()) : line
    }

    /// Columns in characters (Unicode scalars), from 1.
    private func characters(_ finding: Finding) -> Range<Int> {
        let bytes = Array(line(finding).utf8)
        func column(_ byte: Int) -> Int {
            let whole = bytes.prefix(max(0, byte - 1))
            return whole.count { $0 & 0xc0 != 0x80 } + 1
        }
        return column(finding.columns.lowerBound)..<column(finding.columns.upperBound)
    }

    // MARK: as compilers print them

    func text(hasColour: Bool) -> String {
        findings.map { text($0, Paint(isOn: hasColour)) }.joined()
    }

    private func text(_ finding: Finding, _ paint: Paint) -> String {
        let place = "\(name):\(finding.line):\(finding.columns.lowerBound): "
        let severity = paint(finding.severity.rawValue + ":", Self.colour(finding.severity))
        var text =
            paint(place, .bold) + severity + " " + paint(finding.message.printable, .bold)
            + " [\(finding.kind.rawValue)]\n"
        let number = "\(finding.line)"
        let margin = String(repeating: " ", count: number.count + 1)
        let line = line(finding)
        if !line.isEmpty {
            let columns = characters(finding)
            // Tabs stay tabs, so that the caret stands below its character.
            let before = line.unicodeScalars.prefix(columns.lowerBound - 1).map { $0 == "\t" ? "\t" : " " }.joined()
            let caret = "^" + String(repeating: "~", count: max(0, columns.count - 1))
            text += "\(number) | \(line.printable)\n\(margin)| \(before)\(paint(caret, .green))\n"
        }
        if let hint = finding.hint { text += "\(margin)= \(paint("hint:", .cyan)) \(hint.printable)\n" }
        return text
    }

    private static func colour(_ severity: Finding.Severity) -> Paint.Colour {
        switch severity {
        case .error: .red
        case .warning: .magenta
        case .note: .cyan
        }
    }

    // MARK: for programs

    var jsonLines: String {
        findings.map { finding in
            let object: JSONText = [
                "file": .string(name), "line": .number(finding.line), "column": .number(finding.columns.lowerBound),
                "endColumn": .number(finding.columns.upperBound), "severity": .string(finding.severity.rawValue),
                "kind": .string(finding.kind.rawValue), "message": .string(finding.message),
                "hint": JSONText(finding.hint),
            ]
            return object.line + "\n"
        }.joined()
    }

    /// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    var workflowCommands: String {
        findings.map { finding in
            let command = finding.severity == .note ? "notice" : finding.severity.rawValue
            let columns = characters(finding)
            let message = finding.message + (finding.hint.map { "\n\($0)" } ?? "")
            return "::\(command) file=\(Self.property(name)),line=\(finding.line),col=\(columns.lowerBound),"
                + "title=imageswap \(finding.kind.rawValue)::\(Self.data(message))\n"
        }.joined()
    }

    private static func data(_ text: String) -> String {
        text.replacing("%", with: "%25").replacing("\r", with: "%0D").replacing("\n", with: "%0A")
    }

    private static func property(_ text: String) -> String {
        data(text).replacing(":", with: "%3A").replacing(",", with: "%2C")
    }

    /// SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html)
    static func sarif(_ files: [CheckedFile]) -> JSONText {
        let rules = Finding.Kind.allCases.map { kind -> JSONText in
            ["id": .string(kind.rawValue), "shortDescription": ["text": .string(kind.summary)]]
        }
        let driver: JSONText = [
            "name": "imageswap", "version": .string(imageSwapVersion), "rules": .array(rules),
        ]
        let run: JSONText = [
            "tool": ["driver": driver], "columnKind": "unicodeCodePoints",
            "results": .array(files.flatMap { file in file.findings.map(file.sarifResult) }),
        ]
        return [
            "$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run],
        ]
    }

    private func sarifResult(_ finding: Finding) -> JSONText {
        let columns = characters(finding)
        let message = finding.message + (finding.hint.map { " (\($0))" } ?? "")
        let region: JSONText = [
            "startLine": .number(finding.line), "startColumn": .number(columns.lowerBound),
            "endColumn": .number(columns.upperBound),
        ]
        return [
            "ruleId": .string(finding.kind.rawValue), "level": .string(finding.severity.rawValue),
            "message": ["text": .string(message)],
            "locations": [["physicalLocation": ["artifactLocation": ["uri": .string(name)], "region": region]]],
        ]
    }
}

/// Colours of a terminal (ECMA-48, SGR), or none.
struct Paint {
    enum Colour: String {
        case bold = "1"
        case red = "1;31"
        case green = "1;32"
        case magenta = "1;35"
        case cyan = "1;36"
    }

    let isOn: Bool

    func callAsFunction(_ text: String, _ colour: Colour) -> String {
        isOn ? "\u{1b}[\(colour.rawValue)m\(text)\u{1b}[0m" : text
    }
}
