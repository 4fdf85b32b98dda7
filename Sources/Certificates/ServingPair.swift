// What a TLS server serves: a certificate, the chain that it needs, and the key.

/// A serving certificate with its chain and its key, which fit each other.
package struct ServingPair: Sendable, Equatable {
    /// The server's certificate in PEM, then those between it and its authority, each signed by the next.
    package let chain: [UInt8]
    /// PKCS#8 PEM, unencrypted.
    package let key: [UInt8]
    package let subject: String
    package let issuer: String
    /// Hexadecimal.
    package let serial: String
    package let fingerprint: String
    package let validity: Validity
    package let names: [HostName]

    private static let action = "use the pair"

    /// Throws if either cannot be read, if the key belongs to another certificate, or if the chain is in another order
    /// than TLS has it (RFC 5246 section 7.4.2).
    package init(chain: [UInt8], key: [UInt8]) throws(CertificateError) {
        let privateKey = try PrivateKey(pem: key)
        let blocks = try PEM.blocks(chain, action: Certificate.reading)
        for block in blocks where block.label != "CERTIFICATE" {
            throw CertificateError(Certificate.reading, .content("holds a \"\(block.label)\" among the certificates"))
        }
        let own = try Certificate(blocks[0])
        if !own.fits(privateKey) {
            for (index, block) in blocks.enumerated().dropFirst() where try Certificate(block).fits(privateKey) {
                throw CertificateError(
                    Self.action,
                    .content(
                        "the chain is in the wrong order: the certificate of the key stands at place \(index + 1),"
                            + " it must be the first"))
            }
            throw CertificateError(Self.action, .content("the key is not the one of the certificate \(own.subject)"))
        }
        for (one, next) in zip(blocks, blocks.dropFirst()) {
            let certificate = try Certificate(one)
            let signer = try Certificate(next)
            guard certificate.isSigned(by: signer) else {
                throw CertificateError(
                    Self.action,
                    .content(
                        "the chain is in the wrong order: \(certificate.subject) is not signed by \(signer.subject),"
                            + " which follows it"))
            }
        }
        self.chain = chain
        self.key = try privateKey.pem
        subject = own.subject
        issuer = try own.issuer
        serial = own.serial
        fingerprint = try own.fingerprint
        validity = own.validity
        names = own.names
    }

    /// Says why a client that trusts these authorities and asks for these hosts would refuse the pair at `now`, in
    /// seconds since 1970: by its time, its names, its usage, its signatures.
    package func check(
        for hosts: [HostName], authorities: CertificateBundle, at now: Int64
    ) throws(CertificateError) {
        func refused(_ reason: String) -> CertificateError { CertificateError(Self.action, .content(reason)) }

        let own = try Certificate(firstOf: chain)
        guard now >= validity.notBefore else {
            throw refused("the certificate \(subject) is good only from \(utcText(validity.notBefore))")
        }
        guard now < validity.notAfter else {
            throw refused("the certificate \(subject) ended on \(utcText(validity.notAfter))")
        }
        for host in hosts where !own.covers(host) {
            let names = names.isEmpty ? "no host" : names.map(\.text).joined(separator: ", ")
            throw refused("the certificate \(subject) does not cover \(host): it is for \(names)")
        }
        try ChainVerification.check(chain: chain, authorities: authorities, at: now)
    }

    /// Whether it was signed, by way of its chain, by one of these and is good at `now`.
    package func isTrusted(by authorities: CertificateBundle, at now: Int64) -> Bool {
        (try? ChainVerification.check(chain: chain, authorities: authorities, at: now)) != nil
    }
}
