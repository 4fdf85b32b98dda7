/// The edits of a file as a unified diff, which `patch -p1` and `git apply` take.
package struct UnifiedDiff {
    private static let context = 3

    /// Lines of the old file that change together, from 0, and the edits that change them.
    private struct Block {
        var lines: Range<Int>
        var edits: [Edit]
        /// What takes the place of the lines.
        var new: [ArraySlice<UInt8>] = []
    }

    private let bytes: [UInt8]
    /// Where each line begins, and the end.
    private let starts: [Int]
    private let blocks: [Block]

    package init(_ edits: [Edit], of bytes: [UInt8]) {
        var starts = [0]
        for index in bytes.indices where bytes[index] == UInt8(ascii: "\n") { starts.append(index + 1) }
        if starts.last != bytes.count { starts.append(bytes.count) }
        var blocks: [Block] = []
        for edit in edits {
            let first = Self.line(of: edit.range.lowerBound, starts)
            let last = Self.line(of: max(edit.range.lowerBound, edit.range.upperBound - 1), starts)
            if let before = blocks.last, first < before.lines.upperBound {
                blocks[blocks.count - 1].lines = before.lines.lowerBound..<max(before.lines.upperBound, last + 1)
                blocks[blocks.count - 1].edits.append(edit)
            } else {
                blocks.append(Block(lines: first..<last + 1, edits: [edit]))
            }
        }
        self.bytes = bytes
        self.starts = starts
        self.blocks = blocks.map { Self.settled($0, bytes, starts) }
    }

    /// A block with its new lines, and without what stays at its beginning and its end: an edit may begin at the end of
    /// a line that it leaves as it is.
    private static func settled(_ block: Block, _ bytes: [UInt8], _ starts: [Int]) -> Block {
        var block = block
        let range = starts[block.lines.lowerBound]..<starts[block.lines.upperBound]
        var new = bytes.applying(block.edits, within: range).linesWithEnds[...]
        var (first, end) = (block.lines.lowerBound, block.lines.upperBound)
        func old(_ line: Int) -> ArraySlice<UInt8> { bytes[starts[line]..<starts[line + 1]] }
        while first < end, let line = new.first, line == old(first) {
            new.removeFirst()
            first += 1
        }
        while first < end, let line = new.last, line == old(end - 1) {
            new.removeLast()
            end -= 1
        }
        block.lines = first..<end
        block.new = Array(new)
        return block
    }

    private static func line(of offset: Int, _ starts: [Int]) -> Int {
        var (low, high) = (0, starts.count - 2)
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= offset { low = middle } else { high = middle - 1 }
        }
        return low
    }

    /// - Parameter path: for both files' names, behind `a/` and `b/`.
    package func text(path: String) -> [UInt8] {
        guard !blocks.isEmpty else { return [] }
        let name = path.hasPrefix("/") ? String(path.dropFirst()) : path
        var output = Array("--- a/\(name)\n+++ b/\(name)\n".utf8)
        var growth = 0
        var index = 0
        while index < blocks.count {
            var end = index + 1
            while end < blocks.count,
                blocks[end].lines.lowerBound - blocks[end - 1].lines.upperBound <= 2 * Self.context
            { end += 1 }
            growth = write(blocks[index..<end], growth, &output)
            index = end
        }
        return output
    }

    /// Writes a hunk; how many lines longer the new file is behind it.
    private func write(_ blocks: ArraySlice<Block>, _ growth: Int, _ output: inout [UInt8]) -> Int {
        guard let first = blocks.first, let last = blocks.last else { return growth }
        let start = max(0, first.lines.lowerBound - Self.context)
        let end = min(starts.count - 1, last.lines.upperBound + Self.context)
        var body: [UInt8] = []
        var line = start
        var added = 0
        for block in blocks {
            for same in line..<block.lines.lowerBound { append(" ", oldLine(same), &body) }
            for old in block.lines { append("-", oldLine(old), &body) }
            for line in block.new { append("+", line, &body) }
            added += block.new.count - block.lines.count
            line = block.lines.upperBound
        }
        for same in line..<end { append(" ", oldLine(same), &body) }
        let count = end - start
        output += Array("@@ -\(start + 1),\(count) +\(start + 1 + growth),\(count + added) @@\n".utf8)
        output += body
        return growth + added
    }

    private func oldLine(_ line: Int) -> ArraySlice<UInt8> { bytes[starts[line]..<starts[line + 1]] }

    private func append(_ mark: Character, _ line: ArraySlice<UInt8>, _ output: inout [UInt8]) {
        output += Array(String(mark).utf8)
        output += line
        if line.last != UInt8(ascii: "\n") { output += Array("\n\\ No newline at end of file\n".utf8) }
    }
}

extension [UInt8] {
    fileprivate var linesWithEnds: [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var rest = self[...]
        while !rest.isEmpty {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? rest.endIndex
            lines.append(rest[..<end])
            rest = rest[end...]
        }
        return lines
    }
}
