// What imageswap-init left in a cluster, taken away: imageswap-init cleanup.

package import Kubernetes

/// Takes away the webhook configuration, the Secret of the CA and the requests for certificates.
///
/// The configuration goes first, and nothing else before it is gone: the API server would go on calling a webhook that
/// it cannot verify any more, and refuse pods.
package struct Uninstallation {
    let client: KubernetesClient
    /// The MutatingWebhookConfiguration; nil: it is left alone.
    let configuration: String?
    let secret: String
    let namespace: String

    package init(client: KubernetesClient, configuration: String?, secret: String, namespace: String) {
        self.client = client
        self.configuration = configuration
        self.secret = secret
        self.namespace = namespace
    }

    /// Takes all of it away. What is not there is no error.
    ///
    /// - Parameter say: Told what was done, a line each.
    /// - Returns: What could not be done, in its order.
    package func run(say: (String) -> Void) -> [ProvisioningError] {
        do throws(ProvisioningError) {
            try deleteConfiguration(say)
        } catch {
            return [error]
        }
        var failures: [ProvisioningError] = []
        for step in [deleteSecret, deleteRequests] {
            do throws(ProvisioningError) { try step(say) } catch { failures.append(error) }
        }
        return failures
    }

    private func deleteConfiguration(_ say: (String) -> Void) throws(ProvisioningError) {
        guard let configuration else {
            say("left the webhook configuration alone")
            return
        }
        let what = "MutatingWebhookConfiguration \(configuration)"
        let wasThere = try kubernetes { () throws(KubernetesError) in
            try client.delete(webhookConfiguration: configuration)
        }
        let remains = try kubernetes { () throws(KubernetesError) in try client.webhookConfiguration(configuration) }
        guard remains == nil else {
            throw .unanswered(
                "\(what) is still there after its deletion: a finalizer holds it, or someone else applied it again;"
                    + " nothing else was touched")
        }
        say(wasThere ? "deleted \(what)" : "\(what) was not there")
    }

    private func deleteSecret(_ say: (String) -> Void) throws(ProvisioningError) {
        let what = "Secret \(namespace)/\(secret)"
        let found = try kubernetes { () throws(KubernetesError) in try client.secret(secret, namespace: namespace) }
        guard let found else {
            say("\(what) was not there")
            return
        }
        guard found.metadata.labels?[managedByLabel] == managerName else {
            throw .configuration(
                "\(what) does not have the label \(managedByLabel)=\(managerName): someone else made it, so it stays; if"
                    + " it is to go: kubectl delete secret \(secret) --namespace \(namespace)")
        }
        let wasThere = try kubernetes { () throws(KubernetesError) in
            // The one that was looked at, not one that took its name meanwhile.
            try client.delete(secret: secret, namespace: namespace, uid: found.metadata.uid)
        }
        say(wasThere ? "deleted \(what)" : "\(what) was not there")
    }

    private func deleteRequests(_ say: (String) -> Void) throws(ProvisioningError) {
        let selector = CSRSource.labels(namespace: namespace).sorted { $0.key < $1.key }
            .map { "\($0.key)=\($0.value)" }.joined(separator: ",")
        let requests = try kubernetes { () throws(KubernetesError) in
            try client.certificateSigningRequests(labelSelector: selector)
        }
        guard !requests.isEmpty else {
            say("no CertificateSigningRequests of \(namespace) were there")
            return
        }
        for request in requests {
            let name = request.metadata.name
            let wasThere = try kubernetes { () throws(KubernetesError) in
                try client.delete(certificateSigningRequest: name)
            }
            say("\(wasThere ? "deleted " : "")CertificateSigningRequest \(name)\(wasThere ? "" : " was not there")")
        }
    }
}
