// What has to be done about copies of pull secrets, by what is there: no input or output.

/// The changes that make a cluster's copies what they should be.
package struct PullSecretPlan: Equatable, Sendable {
    package enum Change: Equatable, Sendable {
        case create(SecretPlace)
        /// One of ours, given what the source holds.
        case update(FoundSecret)
        /// One of ours that nobody needs, or that cannot be changed into what it should be and is made anew after.
        case delete(FoundSecret)

        package var place: SecretPlace {
            switch self {
            case .create(let place): place
            case .update(let found), .delete(let found): found.place
            }
        }
    }

    /// Why a Secret is not copied.
    package enum Flaw: Equatable, Sendable {
        case missing
        case type(String)
    }

    /// In the order of their places.
    package private(set) var changes: [Change] = []
    /// How many copies there should be.
    package private(set) var wanted = 0
    /// How many of them are there, and hold what they should as far as that is known.
    package private(set) var inPlace = 0
    /// Places that someone else's Secret has taken.
    package private(set) var foreign: [SecretPlace] = []
    /// By the source's name.
    package private(set) var flaws: [String: Flaw] = [:]

    /// - Parameters:
    ///   - names: Those to copy.
    ///   - home: The namespace of the sources, in which nothing is ever changed.
    ///   - namespaces: Those that get copies.
    ///   - found: The Secrets of these names, and of those that were copied once, in all namespaces.
    package init(
        names: [String], home: String, namespaces: some Sequence<String>, found: some Sequence<FoundSecret>
    ) {
        var rest = Dictionary(found.map { ($0.place, $0) }) { _, last in last }
        let namespaces = Set(namespaces).subtracting([home])
        for name in names {
            let source = rest[SecretPlace(home, name)]
            let flaw = Self.flaw(source)
            flaws[name] = flaw
            for namespace in namespaces {
                wanted += 1
                let place = SecretPlace(namespace, name)
                guard let copy = rest.removeValue(forKey: place) else {
                    if flaw == nil { changes.append(.create(place)) }
                    continue
                }
                guard copy.source == home else {
                    foreign.append(place)
                    continue
                }
                // Where the source is of no use, what is in place is the best that there is.
                guard let source, flaw == nil else {
                    inPlace += 1
                    continue
                }
                if copy.type != source.type || copy.isImmutable && copy.digest != source.digest {
                    changes.append(.delete(copy))
                } else if copy.digest != source.digest {
                    changes.append(.update(copy))
                } else {
                    inPlace += 1
                }
            }
        }
        changes += rest.values.filter { $0.source == home && $0.place.namespace != home }.map { .delete($0) }
        changes.sort { $0.place < $1.place }
        foreign.sort()
    }

    private static func flaw(_ source: FoundSecret?) -> Flaw? {
        guard let source else { return .missing }
        return source.type == pullSecretType ? nil : .type(source.type)
    }
}
