// What is known of a cluster's namespaces and Secrets, as lists and watches tell it.

package import FoundationEssentials
package import Kubernetes

/// What is there, once each of its parts was listed.
package struct PullSecretView: Sendable {
    /// A list with the watch that follows it.
    package enum Feed: Hashable, Sendable {
        case namespaces
        case secrets(named: String)
    }

    /// A namespace that gets copies.
    package struct Chosen: Sendable {
        let name: String
        let isTerminating: Bool

        package init(_ namespace: Namespace) {
            name = namespace.metadata.name
            isTerminating = namespace.isTerminating
        }
    }

    /// A Secret, and what it holds where it is a source.
    package struct Seen: Sendable {
        let secret: FoundSecret
        let data: [String: Data]?

        package init(_ secret: Secret, home: String) {
            self.secret = FoundSecret(secret)
            data = secret.metadata.namespace == home ? secret.data ?? [:] : nil
        }
    }

    /// Those without which nothing can be decided.
    private let needed: Set<Feed>
    private var listed: Set<Feed> = []
    private var chosen: [String: Chosen] = [:]
    private var secrets: [SecretPlace: Seen] = [:]
    /// The generation in which a place was told of last, since its name was listed.
    private var toldAt: [SecretPlace: Int] = [:]
    /// The generation in which a name was listed last.
    private var listedAt: [String: Int] = [:]
    /// What is wrong with a feed now.
    package private(set) var failures: [Feed: KubernetesError] = [:]
    /// Grows with all that is told.
    package private(set) var generation = 0

    /// - Parameter names: The Secrets to copy. Others may be told of too, and need not be.
    package init(names: [String]) {
        needed = Set(names.map { .secrets(named: $0) } + [.namespaces])
    }

    /// Whether each part that is needed was listed: else what is missing in it may be there.
    package var isComplete: Bool { listed.isSuperset(of: needed) }

    package var namespaces: [String] { chosen.values.filter { !$0.isTerminating }.map(\.name) }

    /// Without those of namespaces that are going: they go with them.
    package var found: [FoundSecret] {
        secrets.values.map(\.secret).filter { chosen[$0.place.namespace]?.isTerminating != true }
    }

    /// What a source holds.
    package func data(of source: SecretPlace) -> [String: Data]? { secrets[source]?.data }

    package mutating func take(_ news: Reflector<Namespace, Chosen>.News) {
        generation += 1
        switch news {
        case .all(let namespaces):
            chosen = Dictionary(namespaces.map { ($0.name, $0) }) { _, last in last }
            noteListed(.namespaces)
        case .changed(let namespace): chosen[namespace.name] = namespace
        case .deleted(let namespace): chosen[namespace.name] = nil
        case .failed(let error): failures[.namespaces] = error
        }
    }

    package mutating func take(_ news: Reflector<Secret, Seen>.News, named name: String) {
        generation += 1
        switch news {
        case .all(let seen):
            secrets = secrets.filter { $0.key.name != name }
            for seen in seen { secrets[seen.secret.place] = seen }
            toldAt = toldAt.filter { $0.key.name != name }
            listedAt[name] = generation
            noteListed(.secrets(named: name))
        case .changed(let seen):
            secrets[seen.secret.place] = seen
            toldAt[seen.secret.place] = generation
        case .deleted(let seen):
            secrets[seen.secret.place] = nil
            toldAt[seen.secret.place] = generation
        case .failed(let error): failures[.secrets(named: name)] = error
        }
    }

    /// What a write of ours made of a Secret, before the watch tells it; nil: it is not there.
    ///
    /// - Parameter generation: That of the view by which it was written. What was told of the place since may be newer,
    ///   and stays.
    package mutating func note(_ secret: Seen?, at place: SecretPlace, since generation: Int) {
        guard max(toldAt[place] ?? 0, listedAt[place.name] ?? 0) <= generation else { return }
        secrets[place] = secret
    }

    private mutating func noteListed(_ feed: Feed) {
        listed.insert(feed)
        failures[feed] = nil
    }
}
