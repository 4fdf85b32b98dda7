private import Posix

/// The first of some cells, by which a reader gets all others as they were at one moment: odd while they are written
/// (a sequence lock). One thread writes at a time and waits for nobody; of a writer that died halfway nothing is read.
struct SequenceNumber {
    let cells: CellRange

    /// How often a reader looks, a millisecond apart, before it takes the writer for dead.
    private static let tries = 5

    private var cell: Int { cells.cell(0) }

    func beginWriting() {
        cells.memory.storePart(cells.memory.loadPart(cell) | 1, in: cell)
        MetricsMemory.finishWriting()
    }

    func endWriting() {
        MetricsMemory.finishWriting()
        cells.memory.storePart(cells.memory.loadPart(cell) &+ 1, in: cell)
    }

    /// Nil where nothing was written, or not to the end. What `body` reads may be of two writings: then it is read again.
    func read<Value>(_ body: () -> Value) -> Value? {
        for attempt in 0..<Self.tries {
            if attempt > 0 { Thread.sleep(milliseconds: 1) }
            let number = cells.memory.load(cell)
            if number == 0 { return nil }
            if number & 1 == 1 { continue }
            let value = body()
            MetricsMemory.finishReading()
            if cells.memory.load(cell) == number { return value }
        }
        return nil
    }
}
