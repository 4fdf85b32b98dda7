// A request for a certificate, as an authority elsewhere takes it.

private import COpenSSL

/// A PKCS#10 certificate signing request: RFC 2986.
package enum CertificateRequest {
    private static let action = "make a certificate request"

    /// A request for a TLS server with this key, signed by it.
    ///
    /// - Parameters:
    ///   - organization: Left out of the subject where nil.
    ///   - commonName: 64 characters at most (RFC 5280, ub-common-name).
    ///   - names: One at least.
    /// - Returns: PEM.
    package static func make(
        organization: String?, commonName: String, names: [HostName], key: borrowing PrivateKey
    ) throws(CertificateError) -> [UInt8] {
        guard let request = unsafe X509_REQ_new() else { throw CertificateError(action, .openSSLQueue) }
        defer { unsafe X509_REQ_free(request) }
        try check(unsafe X509_REQ_set_version(request, Int(X509_REQ_VERSION_1)))
        let subject = unsafe X509_REQ_get_subject_name(request)
        for (kind, value) in [(NID_organizationName, organization), (NID_commonName, commonName)] {
            guard let value else { continue }
            let text = Array(value.utf8)
            try check(
                unsafe X509_NAME_add_entry_by_NID(subject, kind, MBSTRING_UTF8, text, Int32(text.count), -1, 0))
        }
        let list = names.map(\.openSSLText).joined(separator: ",")
        try check(unsafe COpenSSL_add_request_extension(request, NID_subject_alt_name, list))
        try check(unsafe X509_REQ_set_pubkey(request, key.handle))
        guard unsafe X509_REQ_sign(request, key.handle, EVP_sha256()) > 0 else {
            throw CertificateError(action, .openSSLQueue)
        }
        let output = try MemoryBIO()
        try check(unsafe PEM_write_bio_X509_REQ(output.handle, request))
        return output.takeRest()
    }

    private static func check(_ result: Int32) throws(CertificateError) {
        guard result == 1 else { throw CertificateError(action, .openSSLQueue) }
    }
}
