/// Records that belong together, written anew as a whole by one thread, once for the whole service: a reader gets all of
/// one writing, or nothing.
package struct RecordTable: Sendable {
    package let capacity: Int
    private let head: RecordShape
    private let row: RecordShape
    private let cells: CommonCells

    /// - Parameters:
    ///   - head: What all rows have in common.
    ///   - capacity: Rows that there is room for.
    package init(
        _ plan: inout MetricsPlan, head: RecordShape, row: RecordShape = RecordShape(numbers: 0), capacity: Int = 0
    ) {
        self.head = head
        self.row = row
        self.capacity = capacity
        cells = plan.common(2 + head.cellCount + capacity * row.cellCount)
    }

    package struct Content: Equatable, Sendable {
        package let head: Record
        package let rows: [Record]
    }

    /// Writes the head, then `count` rows, or as many as there is room for.
    package func write(
        rows count: Int = 0, in memory: MetricsMemory, head writeHead: (RecordWriter) -> Void,
        row writeRow: (RecordWriter, Int) -> Void = { _, _ in }
    ) {
        let range = cells.range(in: memory)
        let number = SequenceNumber(cells: range)
        let count = min(count, capacity)
        number.beginWriting()
        memory.storePart(UInt64(count), in: range.cell(1))
        writeHead(RecordWriter(cells: headCells(range), shape: head))
        for index in 0..<count { writeRow(RecordWriter(cells: rowCells(index, range), shape: row), index) }
        number.endWriting()
    }

    /// Nil where nothing was written, or not to the end.
    package func read(in memory: MetricsMemory) -> Content? {
        let range = cells.range(in: memory)
        return SequenceNumber(cells: range).read {
            let count = min(capacity, Int(truncatingIfNeeded: memory.loadPart(range.cell(1))))
            return Content(
                head: head.read(headCells(range)), rows: (0..<max(0, count)).map { row.read(rowCells($0, range)) })
        }
    }

    private func headCells(_ range: CellRange) -> CellRange { range.part(from: 2, count: head.cellCount) }

    private func rowCells(_ index: Int, _ range: CellRange) -> CellRange {
        range.part(from: 2 + head.cellCount + index * row.cellCount, count: row.cellCount)
    }
}
