internal import Posix
package import VerifierProtocol

/// What was found out about an image.
package struct Finding: Equatable, Sendable {
    package var answer: VerifierAnswer
    /// Why it is not known to be there, for the log.
    package var reason: String?

    package init(_ answer: VerifierAnswer, _ reason: String? = nil) {
        self.answer = answer
        self.reason = reason
    }
}

/// Findings that still count, up to a bound; the oldest go first.
struct FindingCache: Sendable {
    private struct Entry: Sendable {
        var finding: Finding
        var end: MonotonicTime
        /// Which of an image's places in `order` counts.
        var number: UInt64
    }

    private var entries: [RegistryImage: Entry] = [:]
    private var order: [(image: RegistryImage, number: UInt64)] = []
    private var first = 0
    private var number: UInt64 = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
    }

    var count: Int { entries.count }

    func finding(of image: RegistryImage, at now: MonotonicTime) -> Finding? {
        guard let entry = entries[image], now < entry.end else { return nil }
        return entry.finding
    }

    /// How long a finding still counts.
    func rest(of image: RegistryImage, at now: MonotonicTime) -> Duration? {
        guard let entry = entries[image], now < entry.end else { return nil }
        return entry.end - now
    }

    mutating func store(_ finding: Finding, of image: RegistryImage, until end: MonotonicTime) {
        guard capacity > 0 else { return }
        number += 1
        entries[image] = Entry(finding: finding, end: end, number: number)
        order.append((image, number))
        while entries.count > capacity { removeOldest() }
        // Each image has one place that counts; the others are passed by here.
        while order.count - first > 2 * max(capacity, 16) { removeOldest(ifReplaced: true) }
        if first > order.count / 2 {
            order.removeFirst(first)
            first = 0
        }
    }

    mutating func remove(where isGone: (Finding) -> Bool) {
        entries = entries.filter { !isGone($0.value.finding) }
    }

    private mutating func removeOldest(ifReplaced: Bool = false) {
        let (image, number) = order[first]
        first += 1
        guard entries[image]?.number == number else { return }
        if ifReplaced {
            // Asked for again and again since: it moves to the end.
            order.append((image, number))
        } else {
            entries[image] = nil
        }
    }
}
