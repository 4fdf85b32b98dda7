package import Certificates

private import COpenSSL

/// A certificate authority that signs whatever request it is given, as a cluster's does.
package struct TestAuthority: Sendable {
    package let certificate: [UInt8]
    private let key: [UInt8]

    package init(_ commonName: String, validity: Validity) throws {
        let authority = try CertificateAuthority(selfSigned: commonName, key: .generate(), validity: validity)
        certificate = try authority.certificate.pem
        key = try authority.key.pem
    }

    /// The certificate that kube-controller-manager makes of a request, PEM.
    package func sign(request pem: [UInt8], usages: Set<String>, validity: Validity) throws -> [UInt8] {
        let own = try Certificate(pem: self.certificate)
        let validity = validity.endingWith(own.validity)
        guard let request = unsafe SigningRequest.read(pem),
            let issuer = unsafe withBIO(self.certificate, { unsafe PEM_read_bio_X509($0, nil, nil, nil) }),
            let key = unsafe withBIO(self.key, { unsafe PEM_read_bio_PrivateKey($0, nil, nil, nil) }),
            let certificate = unsafe X509_new(), let output = unsafe BIO_new(BIO_s_mem())
        else { throw Failure() }
        let extensions = unsafe X509_REQ_get_extensions(request)
        defer {
            unsafe OPENSSL_sk_pop_free(extensions) { unsafe X509_EXTENSION_free(OpaquePointer($0)) }
            unsafe X509_REQ_free(request)
            unsafe X509_free(issuer)
            unsafe EVP_PKEY_free(key)
            unsafe X509_free(certificate)
            unsafe BIO_free(output)
        }
        var serial = (0..<16).map { _ in UInt8.random(in: 0...255) }
        serial[0] |= 0x80
        var good = unsafe ASN1_STRING_set(X509_get_serialNumber(certificate), serial, Int32(serial.count)) == 1
        good = unsafe good && X509_set_version(certificate, Int(X509_VERSION_3)) == 1
        good = unsafe good && X509_set_subject_name(certificate, X509_REQ_get_subject_name(request)) == 1
        good = unsafe good && X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1
        good = unsafe good && X509_set_pubkey(certificate, X509_REQ_get0_pubkey(request)) == 1
        good = unsafe good && ASN1_TIME_set(X509_getm_notBefore(certificate), Int(validity.notBefore)) != nil
        good = unsafe good && ASN1_TIME_set(X509_getm_notAfter(certificate), Int(validity.notAfter)) != nil
        for (kind, value) in Self.extensions(usages) {
            good = unsafe good && COpenSSL_add_extension(certificate, issuer, kind, value) == 1
        }
        let names = unsafe X509v3_get_ext_by_NID(extensions, NID_subject_alt_name, -1)
        if names >= 0 {
            good = unsafe good && X509_add_ext(certificate, X509v3_get_ext(extensions, names), -1) == 1
        }
        good = unsafe good && X509_sign(certificate, key, EVP_sha256()) > 0
        good = unsafe good && PEM_write_bio_X509(output, certificate) == 1
        guard good else { throw Failure() }
        var bytes = unsafe [UInt8](repeating: 0, count: BIO_ctrl_pending(output))
        var count = 0
        guard unsafe BIO_read_ex(output, &bytes, bytes.count, &count) == 1 else { throw Failure() }
        return bytes
    }

    private static func extensions(_ usages: Set<String>) -> [(Int32, String)] {
        let names = [
            ("digital signature", "digitalSignature"), ("key encipherment", "keyEncipherment"),
        ].filter { usages.contains($0.0) }.map(\.1)
        let extended = [("server auth", "serverAuth"), ("client auth", "clientAuth")]
            .filter { usages.contains($0.0) }.map(\.1)
        return [
            (NID_key_usage, (["critical"] + names).joined(separator: ",")),
            (NID_ext_key_usage, extended.joined(separator: ",")),
            (NID_basic_constraints, "critical,CA:FALSE"),
            (NID_authority_key_identifier, "keyid:always"),
        ]
    }

    private struct Failure: Error {}
}
