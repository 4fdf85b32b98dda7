private import ImageSwap

/// The images that an object had before an update: which element of which list had which.
///
/// Built only when an update's images do not stand where the old ones stood. Hashed with the process's own seed, so
/// that no body can make the look-ups slow.
struct OldImages {
    private let texts: [UInt8]
    private let fields: [ImageField]
    /// Open addressing, at most half full, a power of two; a field's index, or -1.
    private var slots: [Int32]

    init(_ fields: [ImageField], _ texts: [UInt8]) {
        self.texts = texts
        self.fields = fields
        var capacity = 16
        while capacity < fields.count * 2 { capacity *= 2 }
        slots = Array(repeating: -1, count: capacity)
        for index in fields.indices {
            let (slot, known) = find(fields[index])
            if !known { slots[slot] = Int32(index) }
        }
    }

    /// Whether the element of the same name, in the same list, had this image.
    func contains(_ field: ImageField) -> Bool { find(field).known }

    private func find(_ field: ImageField) -> (slot: Int, known: Bool) {
        var slot = hash(field) & (slots.count - 1)
        while slots[slot] >= 0 {
            if texts.areSame(field, fields[Int(slots[slot])]) { return (slot, true) }
            slot = (slot + 1) & (slots.count - 1)
        }
        return (slot, false)
    }

    private func hash(_ field: ImageField) -> Int {
        var hasher = Hasher()
        hasher.combine(field.place.rawValue)
        hasher.combine(field.list.rawValue)
        for range in [field.name.range, field.image.range] {
            hasher.combine(range.count)
            for index in range { hasher.combine(texts[index]) }
        }
        return hasher.finalize()
    }
}

extension [UInt8] {
    /// Whether two fields are of the same list and have the same name and image.
    func areSame(_ one: ImageField, _ other: ImageField) -> Bool {
        one.place == other.place && one.list == other.list
            && span.extracting(one.image.range).equals(span.extracting(other.image.range))
            && span.extracting(one.name.range).equals(span.extracting(other.name.range))
    }
}
