// Serving certificates from a CA of our own, which all replicas share in a Secret.

import Certificates
import Kubernetes
import Logging

/// The source `self-signed`: a CA in a Secret, from which each pod signs its own serving certificate.
struct SelfSignedSource: CertificateSource {
    let secret: AuthoritySecret
    let identity: ServiceIdentity
    /// Seconds that a serving certificate, and a certificate of the CA, are good for.
    let certificateLifetime: Int64
    let authorityLifetime: Int64
    let plan: AuthorityPlan
    let log: Logger

    func supply(
        for served: ServedFiles, configured: () throws(ProvisioningError) -> CertificateBundle?, at now: Int64
    ) throws(ProvisioningError) -> Supply {
        var pair: ServingPair?
        var taken: [AuthorityPlan.Step] = []
        var reason: RenewalReason?
        let state = try secret.update { () throws(ProvisioningError) in
            AuthorityState(signer: try newPair(at: now))
        } change: { (state) throws(ProvisioningError) in
            taken = try plan.advance(&state, configured: try configured(), at: now) { () throws(ProvisioningError) in
                try newPair(at: now)
            }
            (pair, reason) = try servingPair(for: served, from: &state, at: now)
        }
        for step in taken { log.notice("\(step.rawValue)") }
        // `update` returns only after it ran the change.
        guard let pair else { throw .unanswered("the CA was not read") }
        if let reason {
            log.notice(
                "signed a serving certificate",
                metadata: ["until": "\(utcText(pair.validity.notAfter))", "reason": "\(reason)"])
        }
        return Supply(
            pair: pair, authorities: state.bundle, forgotten: state.forgotten(at: now),
            published: state.record.signer.published,
            isChanging: state.next != nil || state.record.signer.published == nil, step: state.stepName)
    }

    func confirm(_ configured: CertificateBundle, at now: Int64) throws(ProvisioningError) {
        _ = try secret.update { () throws(ProvisioningError) in
            throw .configuration("Secret \(secret.namespace)/\(secret.name) was deleted just now")
        } change: { state in
            state.note(published: configured, at: now)
        }
    }

    /// The pair that is served if it is still good, or one that the CA signs now for the same key, and why.
    private func servingPair(
        for served: ServedFiles, from state: inout AuthorityState, at now: Int64
    ) throws(ProvisioningError) -> (ServingPair, RenewalReason?) {
        do throws(CertificateError) {
            let authority = try state.signer.authority()
            let key = try served.keyOrNew()
            var reason = RenewalReason.missing
            if let pair = served.pair {
                let old = try Certificate(firstOf: pair.chain)
                guard
                    let flaw = old.reasonToRenew(
                        serving: identity.names, key: key, authority: authority.certificate, at: now)
                else { return (pair, nil) }
                reason = flaw
            }
            let validity = Validity(seconds: certificateLifetime, from: now).endingWith(authority.certificate.validity)
            state.note(signedUntil: validity.notAfter, ahead: certificateLifetime / 2)
            let certificate = try authority.sign(
                serving: identity.names, commonName: identity.commonName, key: key, validity: validity)
            return (try ServingPair(chain: certificate.pem, key: key.pem), reason)
        } catch {
            throw .certificate(error)
        }
    }

    private func newPair(at now: Int64) throws(ProvisioningError) -> SigningPair {
        // A name of its own for each, so that people can tell them apart.
        let number = String(UInt32.random(in: 0 ... .max), radix: 16)
        return try certificates { () throws(CertificateError) in
            try SigningPair(
                commonName: "ImageSwap CA \(number)", validity: Validity(seconds: authorityLifetime, from: now))
        }
    }
}

extension AuthorityState {
    /// Where the CA is between two of its signers.
    fileprivate var stepName: String {
        guard let next = record.next else { return record.signer.published == nil ? "registering" : "steady" }
        return next.published == nil ? "next CA announced" : "next CA published"
    }
}
