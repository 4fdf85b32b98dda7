// A certificate in the making: its fields are set, then it is signed.

private import COpenSSL
private import Glibc

/// A certificate that is not signed yet: X.509 version 3, with a random serial number.
struct CertificateBuilder: ~Copyable {
    private let handle: X509Handle

    private static let action = "make a certificate"
    /// How many bytes a serial number has; RFC 5280 section 4.1.2.2 permits twenty, and wants it positive.
    private static let serialSize = 16

    init(key: borrowing PrivateKey, validity: Validity) throws(CertificateError) {
        guard let pointer = unsafe X509_new() else { throw CertificateError(Self.action, .openSSLQueue) }
        let handle = unsafe X509Handle(adopting: pointer)
        var serial = [UInt8](repeating: 0, count: Self.serialSize)
        try Self.check(unsafe RAND_bytes(&serial, Int32(serial.count)))
        // So that no zero byte leads, and the number is not zero.
        serial[0] |= 0x80
        try Self.check(unsafe ASN1_STRING_set(X509_get_serialNumber(pointer), serial, Int32(serial.count)))
        try Self.check(unsafe X509_set_version(pointer, Int(X509_VERSION_3)))
        try Self.check(unsafe X509_set_pubkey(pointer, key.handle))
        try Self.check(unsafe ASN1_TIME_set(X509_getm_notBefore(pointer), time_t(validity.notBefore)) != nil ? 1 : 0)
        try Self.check(unsafe ASN1_TIME_set(X509_getm_notAfter(pointer), time_t(validity.notAfter)) != nil ? 1 : 0)
        self.handle = handle
    }

    /// Names the subject by its common name, which has at most 64 characters (RFC 5280, ub-common-name).
    borrowing func setSubject(commonName: String) throws(CertificateError) {
        let text = Array(commonName.utf8)
        try Self.check(
            unsafe X509_NAME_add_entry_by_NID(
                X509_get_subject_name(handle.pointer), NID_commonName, MBSTRING_UTF8, text, Int32(text.count), -1, 0))
    }

    /// Adds an extension, its value written as in x509v3_config(5). Without an issuer it is its own.
    borrowing func add(_ kind: Extension, _ value: String) throws(CertificateError) {
        try Self.check(unsafe COpenSSL_add_extension(handle.pointer, handle.pointer, kind.rawValue, value))
    }

    /// Adds the issuer's name and key identifier: RFC 5280 sections 4.1.2.4 and 4.2.1.1.
    borrowing func setIssuer(_ issuer: borrowing Certificate) throws(CertificateError) {
        try Self.check(unsafe X509_set_issuer_name(handle.pointer, X509_get_subject_name(issuer.handle.pointer)))
        try Self.check(
            unsafe COpenSSL_add_extension(
                handle.pointer, issuer.handle.pointer, NID_authority_key_identifier, "keyid:always"))
    }

    /// Makes the subject its own issuer: a root.
    borrowing func setSelfIssued() throws(CertificateError) {
        try Self.check(unsafe X509_set_issuer_name(handle.pointer, X509_get_subject_name(handle.pointer)))
    }

    /// Signs with SHA-256: X509_sign(3).
    consuming func signed(with key: borrowing PrivateKey) throws(CertificateError) -> Certificate {
        guard unsafe X509_sign(handle.pointer, key.handle, EVP_sha256()) > 0 else {
            throw CertificateError("sign a certificate", .openSSLQueue)
        }
        return try Certificate(handle)
    }

    private static func check(_ result: Int32) throws(CertificateError) {
        guard result == 1 else { throw CertificateError(Self.action, .openSSLQueue) }
    }

    /// The extensions that our certificates have: RFC 5280 section 4.2.1.
    struct Extension {
        fileprivate let rawValue: Int32
        static let basicConstraints = Extension(rawValue: NID_basic_constraints)
        static let keyUsage = Extension(rawValue: NID_key_usage)
        static let extendedKeyUsage = Extension(rawValue: NID_ext_key_usage)
        static let subjectKeyIdentifier = Extension(rawValue: NID_subject_key_identifier)
        static let subjectAlternativeName = Extension(rawValue: NID_subject_alt_name)
    }
}
