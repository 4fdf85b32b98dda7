// imageswap-init cleanup --pull-secrets: all copies of pull secrets are taken away.

private import FoundationEssentials
package import Kubernetes

/// Takes away what pull-secrets made, in every namespace.
package struct PullSecretRemoval {
    let client: KubernetesClient
    /// Where the sources are.
    let home: String
    /// The Secrets' names; empty: all that carry the label, which takes the right to list each Secret.
    let names: [String]

    package init(client: KubernetesClient, home: String, names: [String]) {
        self.client = client
        self.home = home
        self.names = names
    }

    /// Takes them away, then looks whether they are gone.
    ///
    /// - Parameter say: Told what was done, a line each.
    /// - Returns: What could not be done.
    package func run(say: (String) -> Void) -> [ProvisioningError] {
        var failures: [ProvisioningError] = []
        do throws(ProvisioningError) {
            let copies = try copies()
            if copies.isEmpty { say("no copies of pull secrets of \(home) were there") }
            for copy in copies {
                do throws(KubernetesError) {
                    // The one that was looked at, with its label.
                    let wasThere = try client.delete(
                        secret: copy.place.name, namespace: copy.place.namespace, uid: copy.uid,
                        resourceVersion: copy.resourceVersion)
                    say(wasThere ? "deleted Secret \(copy.place)" : "Secret \(copy.place) was not there")
                } catch {
                    failures.append(.kubernetes(error))
                    if error.isUnreachable { return failures }
                }
            }
            guard failures.isEmpty, !copies.isEmpty else { return failures }
            let rest = try self.copies()
            if !rest.isEmpty {
                failures.append(
                    .unanswered(
                        "\(rest.count) copies of pull secrets are there again, Secret \(rest[0].place) among them: end"
                            + " what makes them first: kubectl scale --replicas=0 --namespace \(home)"
                            + " deployment/imageswap-pull-secrets"))
            }
        } catch {
            failures.append(error)
        }
        return failures
    }

    private func copies() throws(ProvisioningError) -> [FoundSecret] {
        func keep(_ secret: Secret) -> FoundSecret? {
            let found = FoundSecret(secret)
            return found.source == home && found.place.namespace != home ? found : nil
        }
        return try kubernetes { () throws(KubernetesError) in
            guard !names.isEmpty else {
                return try client.list(.secrets(named: nil, labelSelector: "\(copyLabel)=\(home)"), keep: keep).objects
            }
            var found: [FoundSecret] = []
            for name in names { found += try client.list(.secrets(named: name), keep: keep).objects }
            return found
        }.sorted { $0.place < $1.place }
    }
}
