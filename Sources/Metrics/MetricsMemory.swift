private import Synchronization

package import Posix

/// The cells of a plan in memory that processes share: 64-bit atomics only, so that a process which dies leaves nothing
/// locked and loses no count.
@safe
package final class MetricsMemory: @unchecked Sendable {
    // Sendable: every access to the memory is an atomic one, to a cell that is there.
    private let memory: SharedMemory
    private let cells: UnsafeMutablePointer<Atomic<UInt64>>
    private let count: Int
    private let plan: MetricsPlan
    /// How many processes can count at a time.
    package let slots: Int

    /// Makes memory; all cells are 0.
    package init(_ plan: MetricsPlan, slots: Int) throws(Errno) {
        precondition(slots > 0, "memory without a slot counts nothing")
        let memory = try SharedMemory(name: "imageswap-metrics", size: plan.slotStart(slots) * Self.cellSize)
        (unsafe cells, count) = unsafe (Self.cells(of: memory), memory.size / Self.cellSize)
        self.memory = memory
        self.plan = plan
        self.slots = slots
        for (cell, value) in plan.header(slots: slots).enumerated() { store(value, in: cell) }
    }

    /// Maps memory that another process made by the same plan. The descriptor belongs to this value from here on.
    package init(_ plan: MetricsPlan, inheriting descriptor: consuming Descriptor) throws(MetricsMemoryError) {
        let memory: SharedMemory
        do throws(SharedMemoryError) {
            memory = try SharedMemory(inheriting: descriptor, least: MetricsPlan.headerCount * Self.cellSize)
        } catch {
            throw .memory(error)
        }
        let cells = unsafe Self.cells(of: memory)
        func header(_ cell: Int) -> UInt64 { unsafe cells[cell].load(ordering: .sequentiallyConsistent) }
        guard header(0) == MetricsPlan.magic else { throw .notMetrics }
        guard header(1) == plan.version else { throw .version(header(1), wanted: plan.version) }
        let slots = Int(truncatingIfNeeded: header(2))
        guard slots > 0, slots <= memory.size, memory.size == plan.slotStart(slots) * Self.cellSize,
            plan.header(slots: slots).enumerated().allSatisfy({ header($0.offset) == $0.element })
        else { throw .layout }
        unsafe self.cells = unsafe cells
        count = memory.size / Self.cellSize
        self.memory = memory
        self.plan = plan
        self.slots = slots
    }

    /// What a program that shall share the memory is handed. It stays open as long as this value lives.
    package var descriptorNumber: Int32 { memory.descriptor.rawValue }

    /// Another descriptor of the memory, closed on exec.
    package func duplicateDescriptor() throws(Errno) -> Descriptor { try memory.descriptor.duplicate() }

    /// A process's own part.
    package func slot(_ number: Int) -> MetricsSlot {
        precondition((0..<slots).contains(number), "no such slot")
        return MetricsSlot(memory: self, number: number, start: plan.slotStart(number))
    }

    package var allSlots: [MetricsSlot] { (0..<slots).map(slot) }
    var commonStart: Int { plan.commonStart }

    // MARK: cells

    private static let cellSize = MemoryLayout<Atomic<UInt64>>.stride

    private static func cells(of memory: borrowing SharedMemory) -> UnsafeMutablePointer<Atomic<UInt64>> {
        unsafe memory.address.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    private func pointer(_ cell: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
        precondition(cell >= 0 && cell < count, "no such cell")
        return unsafe cells + cell
    }

    func load(_ cell: Int) -> UInt64 { unsafe pointer(cell).pointee.load(ordering: .sequentiallyConsistent) }

    func store(_ value: UInt64, in cell: Int) {
        unsafe pointer(cell).pointee.store(value, ordering: .sequentiallyConsistent)
    }

    /// For cells of a record only, which its sequence number orders.
    func loadPart(_ cell: Int) -> UInt64 { unsafe pointer(cell).pointee.load(ordering: .relaxed) }

    func storePart(_ value: UInt64, in cell: Int) { unsafe pointer(cell).pointee.store(value, ordering: .relaxed) }

    /// What was written before is seen by whoever sees what is written after it.
    static func finishWriting() { atomicMemoryFence(ordering: .releasing) }

    /// What is read before was read before what is read after it.
    static func finishReading() { atomicMemoryFence(ordering: .acquiring) }

    /// Counts: nothing else may be concluded from it.
    func add(_ amount: UInt64, to cell: Int) {
        unsafe pointer(cell).pointee.wrappingAdd(amount, ordering: .relaxed)
    }

    /// Makes a cell that is 0 hold `value`, unless another does so first; what it holds then.
    func claim(_ cell: Int, for value: UInt64) -> UInt64 {
        let (isOurs, held) = unsafe pointer(cell).pointee.compareExchange(
            expected: 0, desired: value, ordering: .sequentiallyConsistent)
        return isOurs ? value : held
    }

    /// Raises a cell to `value` if it holds less; what it holds then.
    func raise(_ cell: Int, to value: UInt64) -> UInt64 {
        unsafe pointer(cell).pointee.max(value, ordering: .sequentiallyConsistent).newValue
    }
}

/// Why inherited memory is not that of this program's metrics.
package enum MetricsMemoryError: Error, Equatable {
    case memory(SharedMemoryError)
    case notMetrics
    case version(UInt64, wanted: UInt64)
    /// The version is right, its cells are not.
    case layout
}

extension MetricsMemoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .memory(let error): error.description
        case .notMetrics: "the shared memory is not that of imageswap's metrics"
        case .version(let found, let wanted):
            "the shared memory of the metrics has version \(found), this program has \(wanted): start both anew"
        case .layout:
            "the shared memory of the metrics is laid out in another way than by this program: start both anew"
        }
    }
}
