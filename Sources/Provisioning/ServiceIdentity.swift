// Who the webhook is in its cluster: the Service that the API server calls.

package import Certificates

/// The Service of the webhook, and the names that its certificates are for.
package struct ServiceIdentity: Sendable, Equatable {
    package let service: String
    package let namespace: String
    /// Each of the Service's names in the cluster's DNS, then those that users add.
    package let names: [HostName]

    /// The longest common name (RFC 5280, ub-common-name).
    private static let longestCommonName = 64

    /// Throws if the names make no host names.
    package init(service: String, namespace: String, added: [HostName] = []) throws(HostName.Invalid) {
        self.service = service
        self.namespace = namespace
        var names: [HostName] = []
        for suffix in ["", ".\(namespace)", ".\(namespace).svc", ".\(namespace).svc.cluster.local"] {
            names.append(try HostName(service + suffix))
        }
        for name in added where !names.contains(name) { names.append(name) }
        self.names = names
    }

    /// The name that the API server asks for: `NAME.NAMESPACE.svc`.
    package var serverName: HostName { names[2] }

    /// The subject's common name: the longest of the names that it has room for.
    package var commonName: String { commonName(after: "") }

    /// The same behind a prefix, which counts too.
    func commonName(after prefix: String) -> String {
        let name = [names[2], names[1], names[0]].map { prefix + $0.text }
            .first { $0.utf8.count <= Self.longestCommonName }
        return name ?? String((prefix + names[0].text).prefix(Self.longestCommonName))
    }
}

/// Our name among those that manage objects: https://kubernetes.io/docs/reference/labels-annotations-taints/.
package let managerName = "imageswap-init"

/// The label that says who keeps an object.
let managedByLabel = "app.kubernetes.io/managed-by"
