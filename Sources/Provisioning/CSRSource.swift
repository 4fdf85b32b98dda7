// Serving certificates from the cluster: a CertificateSigningRequest a pod.

import Certificates
import FoundationEssentials
import Kubernetes
import Logging
import Posix

/// The source `csr`: https://kubernetes.io/docs/reference/access-authn-authz/certificate-signing-requests/.
struct CSRSource: CertificateSource {
    let client: KubernetesClient
    let identity: ServiceIdentity
    let podName: String
    let signerName: String
    /// Seconds that are asked for; a signer may give less.
    let certificateLifetime: Int64
    let time: TimeSource
    let log: Logger

    /// One that was issued and is not served yet: clients must know its authority first.
    private var issued: ServingPair?

    /// Signers that take subjects of nodes only; AWS documents the second one so.
    private static let nodeSigners = ["kubernetes.io/kubelet-serving", "beta.eks.amazonaws.com/app-serving"]
    private static let authoritiesName = "kube-root-ca.crt"
    private static let usages = ["digital signature", "key encipherment", "server auth"]
    /// Seconds until a certificate has to be there, and between two looks.
    private static let patience: Int64 = 60
    private static let interval = 1
    /// How often an approval is tried that others' changes of the request are in the way of.
    private static let attempts = 20
    /// The shortest life that may be asked for, in seconds: the API's minimum.
    private static let shortestLife: Int64 = 600
    /// Of a request's name (RFC 1123), without the random part.
    private static let longestName = 200

    init(
        client: KubernetesClient, identity: ServiceIdentity, podName: String, signerName: String,
        certificateLifetime: Int64, time: TimeSource, log: Logger
    ) {
        self.client = client
        self.identity = identity
        self.podName = podName
        self.signerName = signerName
        self.certificateLifetime = certificateLifetime
        self.time = time
        self.log = log
    }

    mutating func supply(
        for served: ServedFiles, configured: () throws(ProvisioningError) -> CertificateBundle?, at now: Int64
    ) throws(ProvisioningError) -> Supply {
        let authorities = try clusterAuthorities()
        let key = try certificates { () throws(CertificateError) in try served.keyOrNew() }
        if let pair = served.pair, isGood(pair, at: now) {
            return Supply(pair: pair, authorities: authorities, step: "steady")
        }
        let pair: ServingPair
        if let issued, isGood(issued, at: now),
            try certificates({ () throws(CertificateError) in try issued.key == key.pem })
        {
            pair = issued
        } else {
            do throws(ProvisioningError) {
                pair = try request(for: key, authorities: authorities, at: now)
            } catch {
                // What is served goes on being served.
                guard let old = served.pair, old.validity.notAfter > now else { throw error }
                return Supply(
                    pair: old, authorities: authorities, isChanging: true, step: "renewal failed", problem: error)
            }
        }
        issued = pair
        return Supply(pair: pair, authorities: authorities, isChanging: true, step: "renewed")
    }

    private func isGood(_ pair: ServingPair, at now: Int64) -> Bool {
        identity.names.allSatisfy(pair.names.contains) && pair.validity.notBefore <= now
            && !pair.validity.isNearEnd(at: now)
    }

    /// The cluster's CAs, as each namespace has them.
    private func clusterAuthorities() throws(ProvisioningError) -> CertificateBundle {
        let place = "ConfigMap \(identity.namespace)/\(Self.authoritiesName)"
        let map = try kubernetes { () throws(KubernetesError) in
            try client.configMap(Self.authoritiesName, namespace: identity.namespace)
        }
        guard let map else {
            throw .configuration("\(place) is missing: kube-controller-manager's root-ca-file makes it")
        }
        do {
            return try CertificateBundle(pem: Array((map.data?["ca.crt"] ?? "").utf8))
        } catch {
            throw .configuration("\(place): ca.crt: \(error)")
        }
    }

    // MARK: one request

    private func request(
        for key: borrowing PrivateKey, authorities: CertificateBundle, at now: Int64
    ) throws(ProvisioningError) -> ServingPair {
        let isForNode = Self.nodeSigners.contains(signerName)
        let pem: [UInt8]
        let keyPEM: [UInt8]
        do throws(CertificateError) {
            keyPEM = try key.pem
            pem = try CertificateRequest.make(
                organization: isForNode ? "system:nodes" : nil,
                commonName: identity.commonName(after: isForNode ? "system:node:" : ""), names: identity.names,
                key: key)
        } catch {
            throw .certificate(error)
        }
        let made = try kubernetes { () throws(KubernetesError) in try create(pem) }
        let name = made.metadata.name
        log.info("asked for a certificate", metadata: ["request": "\(name)", "signer": "\(signerName)"])
        let isApproved = try approve(made)
        let chain = try wait(for: name, isApproved: isApproved)
        let pair = try certificates { () throws(CertificateError) in try ServingPair(chain: chain, key: keyPEM) }
        do {
            try pair.check(for: [identity.serverName], authorities: authorities, at: time.now())
        } catch {
            throw .configuration(
                "the certificate that signer \(signerName) issued is of no use: \(error); if it signs with another CA"
                    + " than ConfigMap \(Self.authoritiesName) holds, set IMAGESWAP_TLS_SOURCE to self-signed or provided"
            )
        }
        log.notice(
            "the cluster issued a serving certificate",
            metadata: ["request": "\(name)", "until": "\(utcText(pair.validity.notAfter))"])
        return pair
    }

    /// What tells requests of a namespace's pods from others.
    static func labels(namespace: String) -> [String: String] {
        [managedByLabel: managerName, "app.kubernetes.io/instance": namespace]
    }

    private func create(_ pem: [UInt8]) throws(KubernetesError) -> CertificateSigningRequest {
        let number = String(UInt64.random(in: 0 ... .max), radix: 36)
        let metadata = ObjectMeta(
            name: "\(podName.prefix(Self.longestName))-\(number)",
            labels: Self.labels(namespace: identity.namespace))
        return try client.create(
            CertificateSigningRequest(
                metadata: metadata, request: Data(pem), signerName: signerName, usages: Self.usages,
                expirationSeconds: Int32(clamping: max(certificateLifetime, Self.shortestLife))))
    }

    /// Approves the request; false where we may not, and someone else has to.
    private func approve(_ made: CertificateSigningRequest) throws(ProvisioningError) -> Bool {
        var request = made
        for attempt in 1... {
            do throws(KubernetesError) {
                _ = try client.approve(
                    request, reason: "ImageSwapInit", message: "approved by \(managerName) of pod \(podName)")
                return true
            } catch {
                if error.isForbidden {
                    log.warning(
                        "may not approve the request: waiting for someone who does",
                        metadata: [
                            "command": "kubectl certificate approve \(request.metadata.name)", "error": "\(error)",
                        ])
                    return false
                }
                guard error.isConflict, attempt < Self.attempts else { throw .kubernetes(error) }
            }
            // Someone else was first: an approver of the cluster's own, say.
            request = try read(request.metadata.name)
            if request.condition("Denied") != nil || request.condition("Approved") != nil { break }
        }
        return true
    }

    private func read(_ name: String) throws(ProvisioningError) -> CertificateSigningRequest {
        let request = try kubernetes { () throws(KubernetesError) in try client.certificateSigningRequest(name) }
        guard let request else {
            throw .unanswered("CertificateSigningRequest \(name) was deleted before a certificate was issued")
        }
        return request
    }

    /// The chain that was issued, PEM.
    private func wait(for name: String, isApproved: Bool) throws(ProvisioningError) -> [UInt8] {
        let deadline = time.now() + Self.patience
        while true {
            let request = try read(name)
            if let certificate = request.status?.certificate, !certificate.isEmpty { return Array(certificate) }
            if let condition = request.condition("Denied") ?? request.condition("Failed") {
                throw .configuration(
                    "CertificateSigningRequest \(name): \(condition.type) by signer \(signerName):"
                        + " \(condition.reason ?? "") \(condition.message ?? "")")
            }
            guard time.now() < deadline else {
                let isApproved = isApproved || request.condition("Approved") != nil
                throw .unanswered(
                    isApproved
                        ? "CertificateSigningRequest \(name) is approved, but signer \(signerName) issued nothing within"
                            + " \(Self.patience) s: this cluster may not run it; set IMAGESWAP_CSR_SIGNER_NAME to one"
                            + " that it does run (on EKS: beta.eks.amazonaws.com/app-serving), or"
                            + " IMAGESWAP_TLS_SOURCE=self-signed, which needs none"
                        : "CertificateSigningRequest \(name) was not approved within \(Self.patience) s: grant the right to"
                            + " approve (see docs/certificates.md), or run: kubectl certificate approve \(name)")
            }
            time.pause(.seconds(Self.interval))
        }
    }
}
