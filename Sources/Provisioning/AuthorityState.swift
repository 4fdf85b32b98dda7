// The CA as its Secret holds it: which certificate signs, which will, which did.

package import Certificates
package import FoundationEssentials
import Kubernetes

/// A certificate of the CA with its key: PEM, as the Secret holds them.
package struct SigningPair: Equatable, Sendable {
    package let entry: CertificateBundle.Entry
    package let key: [UInt8]

    package init(certificate: [UInt8], key: [UInt8]) throws(CertificateError) {
        entry = try CertificateBundle.Entry(Certificate(pem: certificate))
        self.key = key
        _ = try authority()
    }

    /// A new one: ECDSA P-256.
    package init(commonName: String, validity: Validity) throws(CertificateError) {
        let authority = try CertificateAuthority(
            selfSigned: commonName, key: PrivateKey.generate(), validity: validity)
        entry = try CertificateBundle.Entry(authority.certificate)
        key = try authority.key.pem
    }

    /// What signs with it. Throws if the pair does not fit or may not sign.
    package func authority() throws(CertificateError) -> CertificateAuthority {
        try CertificateAuthority(certificate: Certificate(pem: entry.pem), key: PrivateKey(pem: key))
    }
}

/// The content of the Secret of the CA, and what changes in it from step to step.
package struct AuthorityState: Equatable, Sendable {
    /// The keys of the Secret. Those of the signer are of its type's, `kubernetes.io/tls`.
    package enum Key {
        package static let signerCertificate = "tls.crt"
        package static let signerKey = "tls.key"
        package static let nextCertificate = "next.crt"
        package static let nextKey = "next.key"
        package static let bundle = "ca-bundle.crt"
        package static let record = "state.json"
    }

    package private(set) var signer: SigningPair
    package private(set) var next: SigningPair?
    /// All that clients have to trust: the signer, the next one, former ones.
    package private(set) var bundle: CertificateBundle
    package private(set) var record: AuthorityRecord

    /// A CA that begins.
    package init(signer: SigningPair) {
        self.signer = signer
        bundle = CertificateBundle([signer.entry])
        record = AuthorityRecord(signer: .init(fingerprint: signer.entry.fingerprint, published: nil, signedUntil: 0))
    }

    /// Reads a Secret. What is not as we write it is mended: a signer that someone else put there is taken as it is,
    /// a record or a bundle that does not belong to it is made anew. Throws if the signer cannot be used.
    package init(_ data: [String: Data]) throws(CertificateError) {
        func bytes(_ key: String) -> [UInt8] { [UInt8](data[key] ?? Data()) }

        signer = try SigningPair(certificate: bytes(Key.signerCertificate), key: bytes(Key.signerKey))
        let record =
            AuthorityRecord(json: data[Key.record])
            ?? AuthorityRecord(
                signer: .init(fingerprint: signer.entry.fingerprint, signedUntil: signer.entry.validity.notAfter))
        self.record = record
        bundle = CertificateBundle(lenient: bytes(Key.bundle))
        if record.signer.fingerprint != signer.entry.fingerprint {
            // Someone exchanged the signer. What the one of the record signed is still about.
            self.record = AuthorityRecord(
                signer: .init(fingerprint: signer.entry.fingerprint, signedUntil: signer.entry.validity.notAfter))
            self.record.former = record.former
            if let former = bundle.entries.first(where: { $0.fingerprint == record.signer.fingerprint }) {
                self.record.former.append(
                    .init(
                        fingerprint: former.fingerprint, signedUntil: record.signer.signedUntil,
                        notAfter: former.validity.notAfter))
            }
        } else if let member = record.next,
            let pair = try? SigningPair(certificate: bytes(Key.nextCertificate), key: bytes(Key.nextKey)),
            pair.entry.fingerprint == member.fingerprint
        {
            next = pair
        } else {
            self.record.next = nil
        }
        bundle.append(signer.entry)
        if let next { bundle.append(next.entry) }
    }

    /// The content as a Secret has it; nil: the key is not there.
    package var data: [String: Data?] {
        [
            Key.signerCertificate: Data(signer.entry.pem), Key.signerKey: Data(signer.key),
            Key.nextCertificate: next.map { Data($0.entry.pem) }, Key.nextKey: next.map { Data($0.key) },
            Key.bundle: Data(bundle.pem), Key.record: record.json,
        ]
    }

    /// Fingerprints of those that signed once and need not be trusted any more.
    package func forgotten(at now: Int64) -> Set<String> {
        Set(record.former.filter { now > $0.signedUntil + Validity.headStart }.map(\.fingerprint))
    }
}

// The steps.
extension AuthorityState {
    /// A successor stands beside the signer, to be published.
    package mutating func begin(next pair: SigningPair) {
        next = pair
        record.next = .init(fingerprint: pair.entry.fingerprint, published: nil, signedUntil: 0)
        bundle.append(pair.entry)
    }

    /// Notes since when clients are told of the signer and of the next one.
    package mutating func note(published: CertificateBundle, at now: Int64) {
        if record.signer.published == nil, published.contains(record.signer.fingerprint) {
            record.signer.published = now
        }
        guard let next = record.next else { return }
        if !published.contains(next.fingerprint) {
            record.next?.published = nil
        } else if next.published.map({ $0 > now + Validity.headStart }) ?? true {
            // Not noted yet, or noted by someone whose clock is wrong.
            record.next?.published = now
        }
    }

    /// The next one signs from here on.
    package mutating func promote() {
        guard let pair = next, let member = record.next else { return }
        retireSigner()
        signer = pair
        record.signer = member
        next = nil
        record.next = nil
    }

    /// Another one signs from here on, at once: the signer is of no use any more.
    package mutating func replaceSigner(by pair: SigningPair) {
        retireSigner()
        signer = pair
        record.signer = .init(fingerprint: pair.entry.fingerprint, published: nil, signedUntil: 0)
        next = nil
        record.next = nil
        bundle.append(pair.entry)
    }

    private mutating func retireSigner() {
        record.former.append(
            .init(
                fingerprint: signer.entry.fingerprint, signedUntil: record.signer.signedUntil,
                notAfter: signer.entry.validity.notAfter))
    }

    /// The signer signs something that ends then; it is noted a while ahead, so that few signatures need a note.
    package mutating func note(signedUntil end: Int64, ahead: Int64) {
        guard end > record.signer.signedUntil else { return }
        record.signer.signedUntil = min(end + ahead, signer.entry.validity.notAfter)
    }

    /// Drops what need not be trusted any more from the bundle, and what has ended from the record too.
    package mutating func tidy(at now: Int64) {
        let forgotten = forgotten(at: now)
        bundle = bundle.filter {
            !forgotten.contains($0.fingerprint) && $0.validity.notAfter + Validity.headStart >= now
        }
        // A day more than needed: others' clocks, and bundles that others still hold.
        record.former.removeAll { now > $0.notAfter + 86400 }
    }
}
