/// What is wrong in a map file, where, and what was done about it.
package struct Diagnostic: Equatable, Sendable {
    package enum Severity: String, Sendable {
        /// The line is skipped.
        case error
        /// The line counts, though hardly as its author meant it.
        case warning
    }

    package enum Kind: Equatable, Sendable {
        case invalidLine
        case deprecatedSeparator
        case invalidValue
        /// - Parameter line: the earlier one, which does not count.
        case duplicateKey(line: Int)
    }

    package let severity: Severity
    package let kind: Kind
    /// From 1.
    package let line: Int
    /// Bytes from the start of the line, from 1.
    package let column: Int
    /// What is wrong, then what would be right.
    package let problem: String
    /// What was done: "the line is skipped", say.
    package let action: String

    /// `LINE:COLUMN: SEVERITY: PROBLEM; ACTION`, to be put behind the file's name and a colon.
    package var description: String { "\(line):\(column): \(severity.rawValue): \(problem); \(action)" }
}
