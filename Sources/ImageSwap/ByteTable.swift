/// Byte strings, each with a number, looked up by a hash that the caller rolls along.
///
/// A Dictionary would need a key made for each look-up; here every prefix of a name is looked up in one pass
/// over it, without an allocation.
struct ByteTable: Sendable {
    /// FNV-1a, 64 bits, a byte at a time. What is stored comes from the map file, which is trusted, so that nobody
    /// from outside can fill one slot.
    struct Hash {
        private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

        mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }

        init() {}

        init(_ bytes: borrowing Span<UInt8>) {
            for index in bytes.indices { add(bytes[index]) }
        }
    }

    private struct Entry {
        let hash: UInt64
        let key: [UInt8]
        var number: Int
    }

    private var entries: [Entry] = []
    /// Open addressing, at most half full, a power of two; an entry's index, or -1.
    private var slots: [Int32] = []

    var isEmpty: Bool { entries.isEmpty }

    /// The number of the first `count` bytes of `text`, whose hash is `hash`.
    func find(_ hash: Hash, _ text: borrowing Span<UInt8>, count: Int) -> Int? {
        guard !entries.isEmpty else { return nil }
        var slot = firstSlot(hash.value)
        while slots[slot] >= 0 {
            let index = Int(slots[slot])
            if entries[index].hash == hash.value, Self.equal(entries[index].key, text, count: count) {
                return entries[index].number
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of a whole text.
    func find(_ text: borrowing Span<UInt8>) -> Int? {
        isEmpty ? nil : find(Hash(text), text, count: text.count)
    }

    /// Adds a key, or gives the number that it has already.
    @discardableResult
    mutating func insert(_ key: [UInt8], number: Int) -> Int {
        let hash = Hash(key.span)
        if let known = find(hash, key.span, count: key.count) { return known }
        if entries.count * 2 >= slots.count { grow() }
        place(hash.value, Int32(entries.count))
        entries.append(Entry(hash: hash.value, key: key, number: number))
        return number
    }

    private mutating func grow() {
        slots = Array(repeating: -1, count: max(16, slots.count * 2))
        for (index, entry) in entries.enumerated() { place(entry.hash, Int32(index)) }
    }

    private mutating func place(_ hash: UInt64, _ index: Int32) {
        var slot = firstSlot(hash)
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = index
    }

    private func firstSlot(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash ^ hash >> 32) & (slots.count - 1) }

    private static func equal(_ key: [UInt8], _ text: borrowing Span<UInt8>, count: Int) -> Bool {
        guard key.count == count else { return false }
        for index in 0..<count where key[index] != text[index] { return false }
        return true
    }
}
