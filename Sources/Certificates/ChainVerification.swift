// Whether a client accepts a server's certificates: OpenSSL's answer.

private import COpenSSL
private import Glibc

/// A server's certificate and its chain held against authorities: X509_verify_cert(3).
package enum ChainVerification {
    private static let action = "verify the certificate"

    /// Says why a client that trusts these authorities would not accept the chain, the server's certificate first, at
    /// `now`, in seconds since 1970.
    ///
    /// Each of the authorities is an end of the search, whether it signed itself or not: so does Go's verifier, which
    /// the API server uses.
    package static func check(
        chain: [UInt8], authorities: CertificateBundle, at now: Int64
    ) throws(CertificateError) {
        guard let store = unsafe X509_STORE_new() else { throw CertificateError(action, .openSSLQueue) }
        defer { unsafe X509_STORE_free(store) }
        for entry in authorities.entries {
            let authority = try Certificate(pem: entry.pem)
            try check(unsafe X509_STORE_add_cert(store, authority.handle.pointer))
        }
        guard let list = unsafe OPENSSL_sk_new_null() else { throw CertificateError(action, .openSSLQueue) }
        defer { unsafe COpenSSL_free_certificates(list) }
        for block in try PEM.blocks(chain, action: Certificate.reading) {
            let certificate = try Certificate(block)
            // The list has a reference of its own to each.
            try check(unsafe X509_up_ref(certificate.handle.pointer))
            if unsafe OPENSSL_sk_push(list, UnsafeRawPointer(certificate.handle.pointer)) < 1 {
                unsafe X509_free(certificate.handle.pointer)
                throw CertificateError(action, .openSSLQueue)
            }
        }

        guard let context = unsafe X509_STORE_CTX_new() else { throw CertificateError(action, .openSSLQueue) }
        defer {
            unsafe X509_STORE_CTX_free(context)
            ERR_clear_error()
        }
        let own = unsafe OpaquePointer(OPENSSL_sk_value(list, 0))
        try check(unsafe X509_STORE_CTX_init(context, store, own, list))
        let parameters = unsafe X509_STORE_CTX_get0_param(context)
        unsafe X509_VERIFY_PARAM_set_time(parameters, time_t(now))
        unsafe X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_SSL_SERVER)
        unsafe X509_VERIFY_PARAM_set_flags(parameters, UInt(X509_V_FLAG_PARTIAL_CHAIN))
        guard unsafe X509_verify_cert(context) != 1 else { return }
        let reason = unsafe String(cString: X509_verify_cert_error_string(Int(X509_STORE_CTX_get_error(context))))
        let depth = unsafe X509_STORE_CTX_get_error_depth(context)
        let place = depth == 0 ? "the server's certificate" : "certificate \(depth) above the server's"
        throw CertificateError(action, .content("no authority of the bundle vouches for it: \(reason) (\(place))"))
    }

    private static func check(_ result: Int32) throws(CertificateError) {
        guard result == 1 else { throw CertificateError(action, .openSSLQueue) }
    }
}
