// A certificate: read from PEM, asked for what it says.

private import COpenSSL
private import Glibc

/// The one owner of an X509.
@safe struct X509Handle: ~Copyable {
    let pointer: OpaquePointer

    init(adopting pointer: OpaquePointer) {
        unsafe self.pointer = unsafe pointer
    }

    deinit {
        unsafe X509_free(pointer)
    }
}

/// An X.509 certificate: RFC 5280.
package struct Certificate: ~Copyable {
    let handle: X509Handle
    /// As RFC 2253 writes it: "CN=imageswap".
    package let subject: String
    package let validity: Validity
    /// The DNS names and IP addresses of its subject alternative name: RFC 5280 section 4.2.1.6. Other kinds of name,
    /// and those that `HostName` refuses, are left out.
    package let names: [HostName]

    /// Reads one certificate in PEM.
    package init(pem: [UInt8]) throws(CertificateError) {
        try self.init(PEM.block(pem, labels: ["CERTIFICATE"], action: Self.reading))
    }

    static let reading = "read the certificate"

    init(_ block: PEM.Block) throws(CertificateError) {
        try self.init(
            unsafe PEM.decode(block, action: Self.reading) { position, count in
                unsafe d2i_X509(nil, &position, count)
            } owner: { pointer in
                unsafe X509Handle(adopting: pointer)
            })
    }

    init(_ handle: consuming X509Handle) throws(CertificateError) {
        let subject = unsafe try Self.text(of: X509_get_subject_name(handle.pointer))
        let notBefore = try unsafe Self.seconds(X509_get0_notBefore(handle.pointer))
        let notAfter = try unsafe Self.seconds(X509_get0_notAfter(handle.pointer))
        let names = try Self.names(of: handle)
        self.subject = subject
        self.validity = Validity(notBefore: notBefore, notAfter: notAfter)
        self.names = names
        self.handle = handle
    }

    /// The first certificate of a chain in PEM: the server's own.
    package init(firstOf chain: [UInt8]) throws(CertificateError) {
        // There is one: `blocks` throws where it finds none.
        let block = try PEM.blocks(chain, action: Self.reading)[0]
        guard block.label == "CERTIFICATE" else {
            throw CertificateError(Self.reading, .content("holds \"\(block.label)\", not \"CERTIFICATE\""))
        }
        try self.init(block)
    }

    /// SHA-256 of the certificate's DER in lower-case hexadecimal: what names it.
    package var fingerprint: String {
        get throws(CertificateError) {
            let output = try MemoryBIO()
            guard unsafe i2d_X509_bio(output.handle, handle.pointer) == 1 else {
                throw CertificateError("write the certificate as DER", .openSSLQueue)
            }
            return hexadecimal(SHA256.digest(output.takeRest()))
        }
    }

    /// The serial number in lower-case hexadecimal.
    package var serial: String {
        let number = unsafe X509_get0_serialNumber(handle.pointer)
        return unsafe hexadecimal(
            Array(UnsafeBufferPointer(start: ASN1_STRING_get0_data(number), count: Int(ASN1_STRING_length(number)))))
    }

    /// Its issuer, as RFC 2253 writes it.
    package var issuer: String {
        get throws(CertificateError) { unsafe try Self.text(of: X509_get_issuer_name(handle.pointer)) }
    }

    /// Whether a client that asks for this host accepts the certificate: RFC 6125, without the common name.
    /// X509_check_host(3), X509_check_ip_asc(3).
    package borrowing func covers(_ name: HostName) -> Bool {
        defer { ERR_clear_error() }
        switch name.kind {
        case .dns:
            return unsafe X509_check_host(
                handle.pointer, name.text, 0, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT), nil) == 1
        case .address:
            return unsafe X509_check_ip_asc(handle.pointer, name.text, 0) == 1
        }
    }

    /// The certificate as PEM.
    package var pem: [UInt8] {
        get throws(CertificateError) {
            let output = try MemoryBIO()
            guard unsafe PEM_write_bio_X509(output.handle, handle.pointer) == 1 else {
                throw CertificateError("write the certificate as PEM", .openSSLQueue)
            }
            return output.takeRest()
        }
    }

    /// Whether it may sign certificates: RFC 5280 sections 4.2.1.9 and 4.2.1.3.
    package var isAuthority: Bool {
        defer { ERR_clear_error() }
        return unsafe X509_get_extension_flags(handle.pointer) & UInt32(EXFLAG_CA) != 0
            && X509_get_key_usage(handle.pointer) & UInt32(KU_KEY_CERT_SIGN) != 0
    }

    /// Whether its public key belongs to this private key: X509_check_private_key(3).
    package borrowing func fits(_ key: borrowing PrivateKey) -> Bool {
        defer { ERR_clear_error() }
        return unsafe X509_check_private_key(handle.pointer, key.handle) == 1
    }

    /// Whether `authority` is named as its issuer and made its signature: X509_check_issued(3), X509_verify(3).
    package borrowing func isSigned(by authority: borrowing Certificate) -> Bool {
        defer { ERR_clear_error() }
        return unsafe X509_check_issued(authority.handle.pointer, handle.pointer) == X509_V_OK
            && X509_verify(handle.pointer, X509_get0_pubkey(authority.handle.pointer)) == 1
    }
}

// What is read out of an X509 once, when it becomes a Certificate.
extension Certificate {
    private static func text(of name: OpaquePointer?) throws(CertificateError) -> String {
        let output = try MemoryBIO()
        guard unsafe COpenSSL_print_name(output.handle, name) >= 0 else {
            throw CertificateError("read a name in the certificate", .openSSLQueue)
        }
        return String(decoding: output.takeRest(), as: UTF8.self)
    }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CertificateError) -> Int64 {
        var parts = unsafe tm()
        guard let time = unsafe time, unsafe ASN1_TIME_to_tm(time, &parts) == 1 else {
            throw CertificateError("read the certificate's validity", .openSSLQueue)
        }
        return unsafe Int64(timegm(&parts))
    }

    private static func names(of handle: borrowing X509Handle) throws(CertificateError) -> [HostName] {
        /// X509_get_ext_d2i(3) leaves this if the certificate has no such extension.
        let absent: Int32 = -1
        var critical: Int32 = 0
        guard let list = unsafe X509_get_ext_d2i(handle.pointer, NID_subject_alt_name, &critical, nil) else {
            if critical == absent { return [] }
            throw CertificateError("read the certificate's alternative names", .openSSLQueue)
        }
        let stack = OpaquePointer(list)
        defer { unsafe GENERAL_NAMES_free(stack) }
        return unsafe (0..<OPENSSL_sk_num(stack)).compactMap { index in
            guard let name = unsafe OPENSSL_sk_value(stack, index)?.assumingMemoryBound(to: GENERAL_NAME.self) else {
                return nil
            }
            var kind: Int32 = 0
            let value = unsafe GENERAL_NAME_get0_value(name, &kind)
            guard kind == GEN_DNS || kind == GEN_IPADD,
                let string = unsafe value?.assumingMemoryBound(to: ASN1_STRING.self)
            else { return nil }
            let bytes = unsafe Array(
                UnsafeBufferPointer(start: ASN1_STRING_get0_data(string), count: Int(ASN1_STRING_length(string))))
            guard kind == GEN_DNS else { return HostName(address: bytes) }
            // A dNSName that reads as an address is none.
            let host = try? HostName(String(decoding: bytes, as: UTF8.self))
            return host?.kind == .dns ? host : nil
        }
    }
}

/// Bytes as lower-case hexadecimal digits.
private func hexadecimal(_ bytes: [UInt8]) -> String {
    let digits = Array("0123456789abcdef".utf8)
    return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
}
