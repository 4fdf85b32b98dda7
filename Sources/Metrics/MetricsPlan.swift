/// Where each metric stands in shared memory: offsets, computed from what is asked for, in the order of asking.
///
///     header      magic, version, slots, common cells, cells a slot
///     common      what the whole service has once
///     slot 0      what each process counts for itself
///     slot 1 …
///
/// All are cells of 64 bits. Each part begins a cache line, so that processes do not take lines from one another.
package struct MetricsPlan: Sendable {
    /// Of what the cells mean: programs of another number do not share memory.
    package let version: UInt64
    private(set) var commonCount = 0
    private(set) var slotCount = 0

    package init(version: UInt64) {
        self.version = version
    }

    package mutating func common(_ count: Int) -> CommonCells {
        defer { commonCount += count }
        return CommonCells(first: commonCount, count: count)
    }

    package mutating func slot(_ count: Int) -> SlotCells {
        defer { slotCount += count }
        return SlotCells(first: slotCount, count: count)
    }

    // MARK: cells

    /// "ImgSwMet"
    static let magic: UInt64 = 0x496d_6753_774d_6574
    /// Cells of a cache line of 64 bytes.
    private static let line = 8
    static let headerCount = line

    var commonStart: Int { Self.headerCount }

    func slotStart(_ slot: Int) -> Int {
        commonStart + Self.wholeLines(commonCount) + slot * Self.wholeLines(slotCount)
    }

    /// What the header must hold.
    func header(slots: Int) -> [UInt64] {
        [Self.magic, version, UInt64(slots), UInt64(commonCount), UInt64(slotCount)]
    }

    private static func wholeLines(_ count: Int) -> Int { (count + line - 1) / line * line }
}
