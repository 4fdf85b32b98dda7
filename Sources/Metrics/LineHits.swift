/// How often each line of a file decided, under one generation of the file: with another one all begin at 0.
///
/// A slot has two banks of counters, each stamped with a generation, so that threads which still work by the old file
/// count where they did while others count anew. A cell that all share names the generation that was loaded last; only
/// banks of that one are summed.
package struct LineHits: Sendable {
    /// Lines that have a counter; those after them share one.
    package static let lines = 1024

    private static let bankSize = lines + 1
    private static let banks = 2

    private let newest: CommonCells
    private let active: SlotCells
    private let stamps: SlotCells
    private let hits: SlotCells

    package init(_ plan: inout MetricsPlan) {
        newest = plan.common(1)
        active = plan.slot(1)
        stamps = plan.slot(Self.banks)
        hits = plan.slot(Self.banks * Self.bankSize)
    }

    /// A file as one process loaded it: what counts its lines.
    package struct Generation: Equatable, Sendable {
        fileprivate let stamp: UInt64
        fileprivate let bank: Int
    }

    /// Tells that a slot's process works by a file from here on, and that it is the newest.
    ///
    /// By one thread of a process at a time. Loading the same file once more changes nothing.
    ///
    /// - Parameter number: What tells the file from others, such as the beginning of its digest.
    package func load(_ number: UInt64, in slot: MetricsSlot) -> Generation {
        let memory = slot.memory
        // 0 is an empty bank's.
        let stamp = max(number, 1)
        if newest.value(0, in: memory) != stamp {
            // A file that comes back starts anew as well. Two processes that load it at once may both empty the banks,
            // and one of them then loses what the other counted in the meantime: a moment's hits.
            for slot in memory.allSlots {
                for bank in 0..<Self.banks where stamps.value(bank, of: slot) == stamp { empty(bank, slot) }
            }
            newest.set(0, in: memory, to: stamp)
        }
        let before = Int(active.value(0, of: slot)) & 1
        let bank: Int
        if stamps.value(before, of: slot) == stamp {
            bank = before
        } else {
            bank = 1 - before
            if stamps.value(bank, of: slot) != stamp {
                stamps.set(bank, of: slot, to: 0)
                empty(bank, slot)
                stamps.set(bank, of: slot, to: stamp)
            }
        }
        active.set(0, of: slot, to: UInt64(bank))
        return Generation(stamp: stamp, bank: bank)
    }

    /// Counts a line, from 1, of a file that the slot's process loaded as its last or the one before.
    package func count(_ line: Int, of generation: Generation, in slot: MetricsSlot) {
        guard stamps.value(generation.bank, of: slot) == generation.stamp else { return }
        let index = line >= 1 && line <= Self.lines ? line - 1 : Self.lines
        hits.add(to: generation.bank * Self.bankSize + index, of: slot)
    }

    /// Whether a file is the one that was loaded last.
    package func isNewest(_ number: UInt64, in memory: MetricsMemory) -> Bool {
        newest.value(0, in: memory) == max(number, 1)
    }

    /// The sums of the lines that were counted, in order; a line that is nil stands for those after `lines`.
    package func sums(in memory: MetricsMemory) -> [(line: Int?, count: UInt64)] {
        let stamp = newest.value(0, in: memory)
        guard stamp != 0 else { return [] }
        var sums = [UInt64](repeating: 0, count: Self.bankSize)
        for slot in memory.allSlots {
            for bank in 0..<Self.banks where stamps.value(bank, of: slot) == stamp {
                let counts = (0..<Self.bankSize).map { hits.value(bank * Self.bankSize + $0, of: slot) }
                // Else the bank was given to another file meanwhile.
                guard stamps.value(bank, of: slot) == stamp else { continue }
                for (index, count) in counts.enumerated() { sums[index] &+= count }
            }
        }
        return sums.enumerated().compactMap { index, count in
            count == 0 ? nil : (index < Self.lines ? index + 1 : nil, count)
        }
    }

    private func empty(_ bank: Int, _ slot: MetricsSlot) {
        for index in 0..<Self.bankSize { hits.set(bank * Self.bankSize + index, of: slot, to: 0) }
    }
}
