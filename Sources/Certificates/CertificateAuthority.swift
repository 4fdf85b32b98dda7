// A certificate authority: made, and put to work on serving certificates.

/// A certificate that may sign others, and its key.
package struct CertificateAuthority: ~Copyable {
    package let certificate: Certificate
    package let key: PrivateKey

    /// Takes a pair that is there. Throws if it does not fit or may not sign.
    package init(certificate: consuming Certificate, key: consuming PrivateKey) throws(CertificateError) {
        let action = "use the certificate authority"
        guard certificate.isAuthority else {
            throw CertificateError(action, .content("\(certificate.subject) may not sign certificates"))
        }
        guard certificate.fits(key) else {
            throw CertificateError(action, .content("\(certificate.subject) has another key"))
        }
        self.certificate = certificate
        self.key = key
    }

    /// Makes a certificate that signs itself with this key and may sign only those of servers and clients, no further
    /// authorities: RFC 5280 sections 4.2.1.2, 4.2.1.3 and 4.2.1.9.
    ///
    /// With the same name and key as an older one it takes that one's place: what either signed is good for both.
    package init(
        selfSigned commonName: String, key: consuming PrivateKey, validity: Validity
    ) throws(CertificateError) {
        let builder = try CertificateBuilder(key: key, validity: validity)
        try builder.setSubject(commonName: commonName)
        try builder.setSelfIssued()
        try builder.add(.basicConstraints, "critical,CA:TRUE,pathlen:0")
        try builder.add(.keyUsage, "critical,keyCertSign,cRLSign")
        try builder.add(.subjectKeyIdentifier, "hash")
        certificate = try builder.signed(with: key)
        self.key = key
    }

    /// Signs a certificate for a TLS server with this key and these names: RFC 5280 sections 4.2.1.1 to 4.2.1.12.
    ///
    /// It ends with its authority at the latest. Throws if there is no name, or if the authority ends before
    /// `validity` begins.
    package borrowing func sign(
        serving names: [HostName], commonName: String, key: borrowing PrivateKey, validity: Validity
    ) throws(CertificateError) -> Certificate {
        let action = "sign a certificate"
        guard !names.isEmpty else { throw CertificateError(action, .content("it has no name")) }
        let validity = validity.endingWith(certificate.validity)
        guard validity.notBefore < validity.notAfter else {
            let end = utcText(validity.notAfter)
            throw CertificateError(action, .content("the authority \(certificate.subject) ended on \(end)"))
        }
        let builder = try CertificateBuilder(key: key, validity: validity)
        try builder.setSubject(commonName: commonName)
        try builder.setIssuer(certificate)
        try builder.add(.basicConstraints, "critical,CA:FALSE")
        try builder.add(.keyUsage, "critical,digitalSignature")
        try builder.add(.extendedKeyUsage, "serverAuth")
        try builder.add(.subjectKeyIdentifier, "hash")
        try builder.add(.subjectAlternativeName, names.map(\.openSSLText).joined(separator: ","))
        return try builder.signed(with: self.key)
    }
}
