/// The form of log lines.
package enum LogFormat: String, CaseIterable, Sendable {
    /// Time, level, message, `key=value` pairs: for people.
    case text
    /// An object a line: for programs.
    case json
}
