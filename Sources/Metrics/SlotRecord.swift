/// Values of a slot that belong together, written by one thread of its process: a reader gets all of one writing.
///
/// A number before them is odd while they are written (a sequence lock), so a writer waits for nobody; of one that died
/// halfway a reader gets nothing.
package struct SlotRecord: Sendable {
    private let cells: SlotCells
    /// How often a reader looks before it takes the writer for dead.
    private static let tries = 100

    package init(_ plan: inout MetricsPlan, count: Int) {
        cells = plan.slot(1 + count)
    }

    package func write(_ values: [UInt64], in slot: MetricsSlot) {
        precondition(values.count == cells.count - 1, "the record has another number of values")
        let number = beginWriting(slot)
        for (index, value) in values.enumerated() { cells.set(1 + index, of: slot, to: value) }
        cells.set(0, of: slot, to: number &+ 1)
    }

    /// The odd number. To be called for what a writer does that dies halfway: in tests.
    @discardableResult
    package func beginWriting(_ slot: MetricsSlot) -> UInt64 {
        let number = cells.value(0, of: slot) | 1
        cells.set(0, of: slot, to: number)
        return number
    }

    /// Nil where nothing was written, or not to the end.
    package func read(_ slot: MetricsSlot) -> [UInt64]? {
        for _ in 0..<Self.tries {
            let number = cells.value(0, of: slot)
            if number == 0 { return nil }
            if number & 1 == 1 { continue }
            let values = (1..<cells.count).map { cells.value($0, of: slot) }
            if cells.value(0, of: slot) == number { return values }
        }
        return nil
    }

    /// Leaves nothing to read.
    package func clear(_ slot: MetricsSlot) { cells.set(0, of: slot, to: 0) }
}
