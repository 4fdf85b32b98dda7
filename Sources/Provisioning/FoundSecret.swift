// What is kept in mind of a Secret in a cluster.

private import Certificates
private import FoundationEssentials
package import Kubernetes

/// A namespace and a name.
package struct SecretPlace: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let namespace: String
    package let name: String

    package init(_ namespace: String, _ name: String) {
        self.namespace = namespace
        self.name = name
    }

    package var description: String { "\(namespace)/\(name)" }

    package static func < (one: SecretPlace, other: SecretPlace) -> Bool {
        (one.name, one.namespace) < (other.name, other.namespace)
    }
}

/// A Secret that was seen, without its content: a cluster may have thousands of copies.
package struct FoundSecret: Equatable, Sendable {
    package var place: SecretPlace
    package var uid: String
    package var resourceVersion: String
    package var type: String
    package var isImmutable: Bool
    /// Whose copy its label says that it is; nil: nobody's.
    package var source: String?
    /// SHA-256 of all that it holds.
    package var digest: [UInt8]

    package init(_ secret: Secret) {
        place = SecretPlace(secret.metadata.namespace ?? "", secret.metadata.name)
        uid = secret.metadata.uid ?? ""
        resourceVersion = secret.metadata.resourceVersion ?? ""
        type = secret.type ?? ""
        isImmutable = secret.immutable == true
        source = secret.metadata.labels?[copyLabel]
        digest = Self.digest(of: secret.data ?? [:])
    }

    /// Each key and value with its length before it, so that no two contents look alike.
    private static func digest(of data: [String: Data]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (key, value) in data.sorted(by: { $0.key < $1.key }) {
            bytes += Array("\(key.utf8.count):\(key)\(value.count):".utf8)
            bytes += value
        }
        return SHA256.digest(bytes)
    }
}
