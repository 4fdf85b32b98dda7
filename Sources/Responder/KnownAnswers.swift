internal import Admission
internal import Posix

/// The verifier's answers for as long as it says that they will be the same, a second at most: one round trip to it costs
/// more than the rest of a review.
struct KnownAnswers {
    private var entries: [[UInt8]: (presence: Presence, end: MonotonicTime)] = [:]

    /// What the verifier learns meanwhile, by other credentials say, is heard of so much later.
    static let longest = Duration.seconds(1)
    /// Images of one thread at a time, and bytes of a name: some 100 KB at most, mostly 20.
    private static let capacity = 128
    private static let longestName = 512

    func presence(of image: [UInt8], at now: MonotonicTime) -> Presence? {
        guard let entry = entries[image], now < entry.end else { return nil }
        return entry.presence
    }

    mutating func store(_ presence: Presence, of image: [UInt8], until end: MonotonicTime, at now: MonotonicTime) {
        guard image.count <= Self.longestName else { return }
        if entries.count >= Self.capacity, entries[image] == nil {
            entries = entries.filter { now < $0.value.end }
            // Where more images than these come in a second, none of them comes often.
            if entries.count >= Self.capacity { entries.removeAll(keepingCapacity: true) }
        }
        entries[image] = (presence, end)
    }
}
