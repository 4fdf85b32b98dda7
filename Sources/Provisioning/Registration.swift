// The webhook configuration: read, and given the authorities that clients need.

import Certificates
import FoundationEssentials
import Kubernetes

/// What the webhook configuration has.
struct Configured: Sendable {
    /// Nil: there is none.
    let version: String?
    /// What each of our webhooks has: what clients trust, whichever they call.
    let trusted: CertificateBundle
    /// What any of them has.
    let all: CertificateBundle
    /// The webhooks by their place, for a patch.
    let places: [Int]
    /// Whether each of our webhooks has exactly these bytes.
    let bundles: [Data]
}

/// Keeps the webhook configuration, or just its bundle, right.
struct Registration {
    enum Kind: Sendable {
        case template(WebhookTemplate)
        case authoritiesOnly(name: String)
    }

    let client: KubernetesClient
    let kind: Kind

    private var name: String {
        switch kind {
        case .template(let template): template.name
        case .authoritiesOnly(let name): name
        }
    }

    func read() throws(ProvisioningError) -> Configured {
        let found = try kubernetes { () throws(KubernetesError) in try client.webhookConfiguration(name) }
        guard let found else {
            if case .authoritiesOnly = kind { throw missing("set --patch-ca-only to one that is there, or apply it") }
            return Configured(
                version: nil, trusted: CertificateBundle(), all: CertificateBundle(), places: [], bundles: [])
        }
        return configured(found)
    }

    /// Gives it this bundle. Nothing changes where it is as it should be. Throws a conflict where someone else changed
    /// it since it was read.
    func write(_ bundle: CertificateBundle, over old: Configured) throws(ProvisioningError) -> Configured {
        do throws(KubernetesError) {
            switch kind {
            case .template(let template):
                let text = template.text(bundle: bundle, version: old.version)
                return configured(try client.apply(webhookConfiguration: name, yaml: text))
            case .authoritiesOnly:
                let data = Data(bundle.pem)
                let stale = zip(old.places, old.bundles).filter { $0.1 != data }.map(\.0)
                guard !stale.isEmpty else { return old }
                return configured(
                    try client.patch(
                        webhookConfiguration: name, resourceVersion: old.version ?? "",
                        caBundles: Dictionary(uniqueKeysWithValues: stale.map { ($0, data) })))
            }
        } catch {
            if old.version == nil, error.isForbidden {
                throw missing(
                    "apply it once, empty (webhooks: []): it is filled then, and the right to create is not needed")
            }
            throw .kubernetes(error)
        }
    }

    private func missing(_ advice: String) -> ProvisioningError {
        .configuration("MutatingWebhookConfiguration \(name) is missing: \(advice)")
    }

    private func configured(_ found: MutatingWebhookConfiguration) -> Configured {
        let webhooks = (found.webhooks ?? []).enumerated().filter { _, webhook in
            if case .template(let template) = kind { template.webhooks.contains(webhook.name) } else { true }
        }
        let bundles = webhooks.map { $0.element.clientConfig.caBundle ?? Data() }
        let read = bundles.map { CertificateBundle(lenient: Array($0)) }
        var trusted = read.first ?? CertificateBundle()
        for bundle in read.dropFirst() { trusted = trusted.filter { bundle.contains($0.fingerprint) } }
        // A webhook of the template that is not there yet trusts nothing.
        if case .template(let template) = kind, webhooks.count < template.webhooks.count {
            trusted = CertificateBundle()
        }
        return Configured(
            version: found.metadata.resourceVersion, trusted: trusted,
            all: read.reduce(CertificateBundle()) { $0.union($1) }, places: webhooks.map(\.offset), bundles: bundles)
    }
}
