/// A map file's `[VERIFY]` lines, compiled: at which places a rule's result is handed out only if it is there.
///
/// A class, so that rules without such lines carry one word for them.
package final class VerifiedPlaces: Sendable {
    /// What a result's place asks for.
    package enum Demand: Equatable, Sendable {
        case nothing
        /// It must be there.
        case presence
        /// It must be there, and the digest that is found is appended.
        case digest
    }

    /// The names of the places, each with its line's index in `demands`.
    private let places: ByteTable
    private let demands: [Demand]
    private let aliasing: Bool
    /// Whether any place asks for digests.
    let pins: Bool

    /// Nil where there are no lines.
    init?(_ lines: [MapFile.VerifiedPlace], aliasing: Bool) {
        guard !lines.isEmpty else { return nil }
        var places = ByteTable()
        // The last line first: what is in the table already stays, and of two names of one place the later line counts.
        let lines = Array(lines.reversed())
        for (number, line) in lines.enumerated() {
            for place in line.places(aliasing: aliasing) { places.insert(place.name, number: number) }
        }
        self.places = places
        demands = lines.map { $0.pins ? .digest : .presence }
        self.aliasing = aliasing
        pins = lines.contains(where: \.pins)
    }

    /// What is asked of a result; its canonical name with tag and digest, `registry[:port]/path[:tag][@digest]`, is then
    /// in `name`.
    package func demand(on result: borrowing Span<UInt8>, _ name: inout [UInt8]) -> Demand {
        guard let reference = try? ImageReference(result) else { return .nothing }
        var canonical = CanonicalName()
        canonical.assign(reference, in: result, aliasing: aliasing)
        guard let place = places.longestPlace(of: canonical) else { return .nothing }
        canonical.append(versionOf: reference, in: result)
        name = canonical.bytes
        return demands[place.number]
    }
}
