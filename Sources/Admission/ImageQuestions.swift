/// Whether an image is where its name says, as far as its registry told.
package enum Presence: Equatable, Sendable {
    /// With the digest that it has there, `sha256:…`.
    case present(digest: [UInt8])
    /// The registry says so itself.
    case absent
    case unknown
}

/// Images of which registries are to be asked before a review can be answered: each once.
package struct ImageQuestions: Sendable {
    /// Canonical names, `registry[:port]/path[:tag][@digest]`, in the order in which they are asked.
    package private(set) var images: [[UInt8]] = []
    private var numbers: [[UInt8]: Int] = [:]

    package var isEmpty: Bool { images.isEmpty }

    /// Adds a question, or finds the one that is there: its index in `images`.
    mutating func add(_ image: [UInt8]) -> Int {
        if let known = numbers[image] { return known }
        numbers[image] = images.count
        images.append(image)
        return images.count - 1
    }

    mutating func removeAll() {
        images.removeAll(keepingCapacity: true)
        numbers.removeAll(keepingCapacity: true)
    }
}
