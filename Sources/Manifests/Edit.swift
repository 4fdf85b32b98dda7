/// A run of a file's bytes, and what takes its place.
package struct Edit: Equatable, Sendable {
    package let range: Range<Int>
    package let bytes: [UInt8]

    package init(_ range: Range<Int>, _ text: String) {
        self.range = range
        bytes = Array(text.utf8)
    }
}

extension [UInt8] {
    /// A part of these bytes with all edits made, which must be in order and apart, and lie within.
    package func applying(_ edits: [Edit], within range: Range<Int>) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(range.count + edits.reduce(0) { $0 + $1.bytes.count })
        var done = range.lowerBound
        for edit in edits {
            result += self[done..<edit.range.lowerBound]
            result += edit.bytes
            done = edit.range.upperBound
        }
        result += self[done..<range.upperBound]
        return result
    }

    package func applying(_ edits: [Edit]) -> [UInt8] { applying(edits, within: indices) }
}
