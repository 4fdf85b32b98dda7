/// Label values that become known while the service runs: numbered names in shared memory, of which a process may add
/// one at any moment. There is room for a few; names that come later, or are too long, are `other`.
///
/// A record is a run of cells, each of which holds 7 bytes of the name and, in its highest byte, whether more follow. So
/// no cell of a name is 0, a cell once set never changes, and a name is claimed cell by cell from the left: whoever
/// finds a cell empty sets it by compare-and-swap, whoever finds another value there goes on to the next record. It
/// follows that
///
/// - nobody waits: if a process dies halfway, the next one with a name that begins alike completes the record as its
///   own, and the others pass it over;
/// - a name gets one record only, since all look through them in one order and find the same;
/// - a reader that meets an empty cell before a name's last one knows that the name is not whole.
package struct LabelTable: Sendable {
    /// Bytes of a name at most.
    package static let longestName = 128
    /// What stands for all names without a record.
    package static let other = "other"

    private static let bytesPerCell = 7
    /// Room for the longest name: 19 x 7 bytes.
    private typealias NameCells = [19 of UInt64]
    static let cellsPerName = NameCells.count

    package let capacity: Int
    private let cells: CommonCells

    package init(_ plan: inout MetricsPlan, capacity: Int) {
        self.capacity = capacity
        cells = plan.common(capacity * Self.cellsPerName)
    }

    /// The numbers there are: `capacity` is that of `other`.
    package var numbers: Range<Int> { 0..<capacity + 1 }

    /// The number of a name; letters A to Z count as a to z.
    package func number(of name: borrowing Span<UInt8>, in memory: MetricsMemory) -> Int {
        guard name.count <= Self.longestName else { return capacity }
        let code = Code(name)
        let wanted = code.cells.span.extracting(0..<code.count)
        // Else the samples of a name like this would have the labels of all others'.
        if wanted.count == 1, wanted[0] == Code.other { return capacity }
        var record = 0
        while record < capacity {
            if claim(record, for: wanted, in: memory) { return record }
            record += 1
        }
        return capacity
    }

    /// The names by their numbers; nil where there is none, or not a whole one.
    package func names(in memory: MetricsMemory) -> [String?] {
        (0..<capacity).map { record in
            var bytes: [UInt8] = []
            for index in 0..<Self.cellsPerName {
                let cell = cells.value(record * Self.cellsPerName + index, in: memory)
                guard let part = Code.Part(cell: cell) else { return nil }
                for shift in 0..<part.count { bytes.append(UInt8(truncatingIfNeeded: cell >> UInt64(8 * shift))) }
                if part.isLast { return String(decoding: bytes, as: UTF8.self) }
            }
            return nil
        } + [Self.other]
    }

    /// What a process does that dies halfway: for tests.
    package func claimPart(of name: String, cells count: Int, record: Int, in memory: MetricsMemory) {
        let code = Code(Array(name.utf8).span)
        _ = claim(record, for: code.cells.span.extracting(0..<count), in: memory)
    }

    /// Whether the record's first cells hold these, now if not before.
    private func claim(_ record: Int, for wanted: borrowing Span<UInt64>, in memory: MetricsMemory) -> Bool {
        let first = record * Self.cellsPerName
        var index = 0
        while index < wanted.count {
            var held = cells.value(first + index, in: memory)
            if held == 0 { held = cells.claim(first + index, in: memory, for: wanted[index]) }
            guard held == wanted[index] else { return false }
            index += 1
        }
        return true
    }

    /// A name as cells.
    private struct Code {
        private(set) var cells = NameCells(repeating: 0)
        let count: Int

        private static let more: UInt64 = 0x80 << 56
        private static let last: UInt64 = 0x40 << 56

        /// The one cell of `LabelTable.other`.
        static let other = Code(Array(LabelTable.other.utf8).span).cells[0]

        init(_ name: borrowing Span<UInt8>) {
            count = max(1, (name.count + LabelTable.bytesPerCell - 1) / LabelTable.bytesPerCell)
            var index = 0
            while index < name.count {
                var byte = name[index]
                if byte &- UInt8(ascii: "A") < 26 { byte |= 0x20 }
                let (cell, place) = index.quotientAndRemainder(dividingBy: LabelTable.bytesPerCell)
                cells[cell] |= UInt64(byte) << UInt64(8 * place)
                index += 1
            }
            for cell in 0..<count - 1 { cells[cell] |= Self.more }
            let rest = name.count - (count - 1) * LabelTable.bytesPerCell
            cells[count - 1] |= Self.last | UInt64(rest) << 56
        }

        struct Part {
            let count: Int
            let isLast: Bool

            init?(cell: UInt64) {
                guard cell != 0 else { return nil }
                isLast = cell & Code.last != 0
                count = isLast ? Int(cell >> 56 & 0x0f) : LabelTable.bytesPerCell
            }
        }
    }
}
