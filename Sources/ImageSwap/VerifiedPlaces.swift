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
        /// It must be there, but nobody is asked, so that it is unknown: the port is the image's own, and no rule names
        /// it. Else whoever makes pods could have any port of the host asked.
        case unasked
    }

    /// The names of the places, each with its line's index in `demands`.
    private let places: ByteTable
    private let demands: [Demand]
    /// `host:port` as rules and places name them, each with 0.
    private let ports: ByteTable
    private let aliasing: Bool
    /// Whether any place asks for digests.
    let pins: Bool

    /// Nil where there are no lines.
    init?(_ file: MapFile, aliasing: Bool) {
        guard !file.verifiedPlaces.isEmpty else { return nil }
        var ports = ByteTable()
        let named = file.rules.flatMap { Target.targets(of: $0, aliasing: aliasing) }.flatMap(\.places)
        for place in named + file.verifiedPlaces.flatMap({ $0.places(aliasing: aliasing) }) {
            ports.insert(Array(place.name.prefix { $0 != UInt8(ascii: "/") }), number: 0)
        }
        var places = ByteTable()
        // The last line first: what is in the table already stays, and of two names of one place the later line counts.
        let lines = Array(file.verifiedPlaces.reversed())
        for (number, line) in lines.enumerated() {
            for place in line.places(aliasing: aliasing) { places.insert(place.name, number: number) }
        }
        self.places = places
        self.ports = ports
        demands = lines.map { $0.pins ? .digest : .presence }
        self.aliasing = aliasing
        pins = lines.contains(where: \.pins)
    }

    /// What is asked of a result; its canonical name with tag and digest, `registry[:port]/path[:tag][@digest]`, is then
    /// in `name` if it is to be asked for.
    package func demand(on result: borrowing Span<UInt8>, _ name: inout [UInt8]) -> Demand {
        guard let reference = try? ImageReference(result) else { return .nothing }
        var canonical = CanonicalName()
        canonical.assign(reference, in: result, aliasing: aliasing)
        guard let place = places.longestPlace(of: canonical) else { return .nothing }
        if canonical.hasPort, ports.find(canonical.bytes.span.extracting(0..<canonical.registryEnd)) == nil {
            return .unasked
        }
        canonical.append(versionOf: reference, in: result)
        name = canonical.bytes
        return demands[place.number]
    }
}
