/// A map file's pull secrets, compiled: which Secrets a pod needs for an image, by where the image lies.
///
/// A class, so that rules without pull secrets carry one word for them.
package final class PullSecrets: Sendable {
    /// The Secrets' names, each once.
    package let names: [[UInt8]]
    private let numbers: ByteTable
    /// The names of the places, each with its number.
    private let places: ByteTable
    /// The names that a place needs, by its number: indexes in `names`.
    private let needs: [[Int]]
    /// Where a place stands, by its number.
    private let lines: [RuleLine]
    private let aliasing: Bool

    /// Nil where no line names a Secret.
    init?(_ lines: [MapFile.PullSecret], aliasing: Bool) {
        guard lines.contains(where: { !$0.names.isEmpty }) else { return nil }
        var names: [[UInt8]] = []
        var numbers = ByteTable()
        var places = ByteTable()
        var needs: [[Int]] = []
        // The last line first: what is in the table already stays, and of two names of one place the later line counts.
        for line in lines.reversed() {
            let own = line.names.map { name in
                let number = numbers.insert(name, number: names.count)
                if number == names.count { names.append(name) }
                return number
            }
            for place in Place.places(of: line.place, aliasing: aliasing) {
                places.insert(place.name, number: needs.count)
            }
            needs.append(own)
        }
        self.names = names
        self.numbers = numbers
        self.places = places
        self.needs = needs
        self.lines = lines.reversed().map { RuleLine($0) }
        self.aliasing = aliasing
    }
}

/// Which Secrets a pod has and which it still needs. Kept from pod to pod, so that none costs an allocation.
package struct PullSecretNeeds: Sendable {
    /// What is to be added, in order: indexes in `PullSecrets.names`.
    package private(set) var missing: [Int] = []
    /// Whether the pod has a name, or it is among the missing.
    private var isKnown: [Bool] = []
    /// Whether an image at a place was there already: another one needs nothing more.
    private var isSeen: [Bool] = []
    private var name = CanonicalName()

    package init() {}

    /// Starts with a pod that has none.
    package mutating func begin(_ secrets: PullSecrets) {
        missing.removeAll(keepingCapacity: true)
        isKnown.assign(false, count: secrets.names.count)
        isSeen.assign(false, count: secrets.placeCount)
    }

    /// The pod has a Secret of this name.
    package mutating func has(_ name: borrowing Span<UInt8>, _ secrets: PullSecrets) {
        if let number = secrets.number(of: name) { isKnown[number] = true }
    }

    /// The pod has an image of this name, as it will be pulled. Call it once all that it has is told.
    package mutating func needs(_ image: borrowing Span<UInt8>, _ secrets: PullSecrets) {
        guard let place = secrets.place(of: image, &name), !isSeen[place] else { return }
        isSeen[place] = true
        for number in secrets.needs(at: place) where !isKnown[number] {
            isKnown[number] = true
            missing.append(number)
        }
    }
}

extension PullSecrets {
    /// What a pod needs for an image, as it will be pulled, and the line that says so; nil where the image lies at no place.
    package func need(of image: String) -> (names: [String], line: RuleLine)? {
        var name = CanonicalName()
        guard let place = place(of: Array(image.utf8).span, &name) else { return nil }
        return (needs[place].map { String(decoding: names[$0], as: UTF8.self) }, lines[place])
    }

    fileprivate var placeCount: Int { needs.count }

    fileprivate func number(of name: borrowing Span<UInt8>) -> Int? { numbers.find(name) }

    fileprivate func needs(at place: Int) -> [Int] { needs[place] }

    /// The number of the longest place that holds an image.
    fileprivate func place(of image: borrowing Span<UInt8>, _ name: inout CanonicalName) -> Int? {
        guard let reference = try? ImageReference(image) else { return nil }
        name.assign(reference, in: image, aliasing: aliasing)
        return places.longestPlace(of: name)?.number
    }
}

extension [Bool] {
    fileprivate mutating func assign(_ value: Bool, count: Int) {
        removeAll(keepingCapacity: true)
        append(contentsOf: repeatElement(value, count: count))
    }
}
