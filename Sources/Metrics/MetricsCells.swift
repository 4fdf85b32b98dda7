/// A process's own part of the memory. The next process that gets the slot counts on from what is there.
package struct MetricsSlot: Sendable {
    package let memory: MetricsMemory
    package let number: Int
    let start: Int
}

/// Cells that each process has for itself: counters, of which readers take the sum, or gauges.
package struct SlotCells: Sendable {
    let first: Int
    package let count: Int

    /// Adds to a counter, or to a gauge: -1 is `.max`.
    package func add(_ amount: UInt64 = 1, to index: Int, of slot: MetricsSlot) {
        slot.memory.add(amount, to: cell(index, slot))
    }

    package func set(_ index: Int, of slot: MetricsSlot, to value: UInt64) {
        slot.memory.store(value, in: cell(index, slot))
    }

    package func value(_ index: Int, of slot: MetricsSlot) -> UInt64 {
        slot.memory.load(cell(index, slot))
    }

    /// Over all slots, those of dead processes too.
    package func sum(_ index: Int, in memory: MetricsMemory) -> UInt64 {
        var sum: UInt64 = 0
        for slot in 0..<memory.slots { sum &+= value(index, of: memory.slot(slot)) }
        return sum
    }

    private func cell(_ index: Int, _ slot: MetricsSlot) -> Int {
        precondition(index >= 0 && index < count, "no such metric")
        return slot.start + first + index
    }
}

/// Cells that the whole service has once.
package struct CommonCells: Sendable {
    let first: Int
    package let count: Int

    package func add(_ amount: UInt64 = 1, to index: Int, in memory: MetricsMemory) {
        memory.add(amount, to: cell(index, memory))
    }

    package func set(_ index: Int, in memory: MetricsMemory, to value: UInt64) {
        memory.store(value, in: cell(index, memory))
    }

    package func value(_ index: Int, in memory: MetricsMemory) -> UInt64 {
        memory.load(cell(index, memory))
    }

    /// Raises it to `value` if it is less; what it is then.
    package func raise(_ index: Int, in memory: MetricsMemory, to value: UInt64) -> UInt64 {
        memory.raise(cell(index, memory), to: value)
    }

    func claim(_ index: Int, in memory: MetricsMemory, for value: UInt64) -> UInt64 {
        memory.claim(cell(index, memory), for: value)
    }

    private func cell(_ index: Int, _ memory: MetricsMemory) -> Int {
        precondition(index >= 0 && index < count, "no such metric")
        return memory.commonStart + first + index
    }
}

/// A run of cells of the memory, wherever it stands.
package struct CellRange: Sendable {
    let memory: MetricsMemory
    let start: Int
    let count: Int

    /// A part of it.
    func part(from first: Int, count: Int) -> CellRange {
        precondition(first >= 0 && count >= 0 && first + count <= self.count, "no such cells")
        return CellRange(memory: memory, start: start + first, count: count)
    }

    func cell(_ index: Int) -> Int {
        precondition(index >= 0 && index < count, "no such cell")
        return start + index
    }
}

extension SlotCells {
    package func range(of slot: MetricsSlot) -> CellRange {
        CellRange(memory: slot.memory, start: slot.start + first, count: count)
    }
}

extension CommonCells {
    package func range(in memory: MetricsMemory) -> CellRange {
        CellRange(memory: memory, start: memory.commonStart + first, count: count)
    }
}
