/// A place in a text.
package struct YAMLMark: Equatable, Hashable, Sendable, CustomStringConvertible {
    /// Bytes of UTF-8 before it.
    package let index: Int
    /// From 1 on.
    package let line: Int
    /// From 1 on, in characters (Unicode scalars).
    package let column: Int

    package init(index: Int, line: Int, column: Int) {
        self.index = index
        self.line = line
        self.column = column
    }

    /// `3:14`
    package var description: String { "\(line):\(column)" }
}

/// What is wrong with a text, and where.
package struct YAMLError: Error, Equatable, Sendable, CustomStringConvertible {
    package let mark: YAMLMark
    package let reason: String

    package init(_ mark: YAMLMark, _ reason: String) {
        self.mark = mark
        self.reason = reason
    }

    /// `3:14: did not find expected key`
    package var description: String { "\(mark): \(reason)" }
}
