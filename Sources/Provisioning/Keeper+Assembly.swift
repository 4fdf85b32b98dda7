// A keeper put together from what users set.

import Certificates
package import Kubernetes
package import Logging
package import Posix

extension Keeper {
    /// `client`: nil only where neither the source nor the registration needs the API server.
    package init(
        options: KeeperOptions, client: KubernetesClient?, time: TimeSource, log: Logger
    ) throws(ProvisioningError) {
        func required() throws(ProvisioningError) -> KubernetesClient {
            guard let client else { throw .configuration("there is no API server to ask") }
            return client
        }

        let source: any CertificateSource
        switch options.source {
        case .selfSigned(let secret, let authorityLifetime):
            source = SelfSignedSource(
                secret: AuthoritySecret(
                    client: try required(), name: secret, namespace: options.identity.namespace, time: time),
                identity: options.identity, certificateLifetime: options.certificateLifetime,
                authorityLifetime: authorityLifetime, plan: AuthorityPlan(overlap: options.overlap), log: log)
        case .csr(let signerName, let podName):
            source = CSRSource(
                client: try required(), identity: options.identity, podName: podName, signerName: signerName,
                certificateLifetime: options.certificateLifetime, time: time, log: log)
        case .provided(let directory, let names):
            source = ProvidedSource(directory: directory, names: names, identity: options.identity)
        }
        self.init(
            options: options, source: source, registration: try Self.registration(options, client: client),
            client: client, time: time, log: log)
    }

    private static func registration(
        _ options: KeeperOptions, client: KubernetesClient?
    ) throws(ProvisioningError) -> Registration? {
        let kind: Registration.Kind
        switch options.registration {
        case .none: return nil
        case .authoritiesOnly(let name): kind = .authoritiesOnly(name: name)
        case .template(let path):
            kind = .template(try WebhookTemplate(file: path, identity: options.identity))
        }
        guard let client else { throw .configuration("there is no API server to ask") }
        return Registration(client: client, kind: kind)
    }
}

extension WebhookTemplate {
    /// Bytes of a template at most.
    private static let largestFile = 1 << 20

    init(file path: String, identity: ServiceIdentity) throws(ProvisioningError) {
        let text: [UInt8]?
        do {
            text = try FileSystem.readIfPresent(path, limit: Self.largestFile)
        } catch {
            throw .file("read the webhook configuration's template", path: path, error)
        }
        guard let text else {
            throw .configuration(
                "\(path): the webhook configuration's template is missing; mount it, set --mwc-template or"
                    + " --patch-ca-only, or IMAGESWAP_DISABLE_AUTO_MWC=true to keep the configuration yourself")
        }
        try self.init(text, path: path, identity: identity)
    }
}
