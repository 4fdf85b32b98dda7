/// The last records of many, each under a sequence number of its own, so that one whose writer died costs no other.
/// One thread writes at a time.
package struct RecordRing: Sendable {
    package let shape: RecordShape
    package let capacity: Int

    package init(_ shape: RecordShape, capacity: Int) {
        precondition(capacity > 0, "a ring without a record keeps nothing")
        self.shape = shape
        self.capacity = capacity
    }

    /// How many records there ever were; then of each its sequence number, which one it is, and what it holds.
    package var cellCount: Int { 1 + capacity * recordSize }

    private var recordSize: Int { 2 + shape.cellCount }

    /// Starts the next record, in the place of the oldest. Readers have it once `end` is called.
    package func begin(in range: CellRange) -> RecordWriter {
        let count = range.memory.loadPart(range.cell(0))
        let record = record(Int(count % UInt64(capacity)), range)
        SequenceNumber(cells: record).beginWriting()
        range.memory.storePart(count, in: record.cell(1))
        return RecordWriter(cells: record.part(from: 2, count: shape.cellCount), shape: shape)
    }

    package func end(in range: CellRange) {
        let count = range.memory.loadPart(range.cell(0))
        SequenceNumber(cells: record(Int(count % UInt64(capacity)), range)).endWriting()
        range.memory.storePart(count &+ 1, in: range.cell(0))
    }

    /// Those there are, the oldest first, each with how many there were before it.
    package func records(in range: CellRange) -> [(number: UInt64, record: Record)] {
        (0..<capacity).compactMap { index in
            let record = record(index, range)
            return SequenceNumber(cells: record).read {
                (range.memory.loadPart(record.cell(1)), shape.read(record.part(from: 2, count: shape.cellCount)))
            }
        }.sorted { $0.0 < $1.0 }
    }

    private func record(_ index: Int, _ range: CellRange) -> CellRange {
        range.part(from: 1 + index * recordSize, count: recordSize)
    }
}
