private import Synchronization

package import Posix

/// Counters that only grow, in memory that worker processes share: each writer has a slot of its own, and a reader
/// sums the slots. Atomics only, so that a writer which dies leaves nothing locked and loses no count.
@safe
package final class SharedCounters: @unchecked Sendable {
    // Sendable: every access to the memory is an atomic one.
    private let memory: SharedMemory
    private let counters: Int
    private let slots: Int

    /// - Parameters:
    ///   - counters: How many there are.
    ///   - slots: How many writers.
    package init(counters: Int, slots: Int) throws(Errno) {
        self.counters = counters
        self.slots = slots
        memory = try SharedMemory(size: counters * slots * MemoryLayout<Atomic<UInt64>>.stride)
    }

    /// Adds to a counter. The slot is the writer's own.
    package func add(_ amount: UInt64 = 1, to counter: Int, slot: Int) {
        unsafe cell(counter, slot).pointee.add(amount, ordering: .relaxed)
    }

    /// A counter's sum over all slots.
    package func sum(of counter: Int) -> UInt64 {
        (0..<slots).reduce(0) { sum, slot in unsafe sum + cell(counter, slot).pointee.load(ordering: .relaxed) }
    }

    private func cell(_ counter: Int, _ slot: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        precondition((0..<counters).contains(counter) && (0..<slots).contains(slot), "no such counter")
        // Slot by slot, so that writers do not share cache lines but at the edges.
        let cells = unsafe memory.address.assumingMemoryBound(to: Atomic<UInt64>.self)
        return unsafe cells + (slot * counters + counter)
    }
}
