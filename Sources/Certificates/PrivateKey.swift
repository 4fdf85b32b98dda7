// A private key: made, read from PEM, written as PEM.

private import COpenSSL

/// A private key: the one owner of an EVP_PKEY.
@safe package struct PrivateKey: ~Copyable {
    let handle: OpaquePointer

    private init(adopting handle: OpaquePointer) {
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe EVP_PKEY_free(handle)
    }

    /// A new ECDSA key on the curve P-256, which each TLS client takes: EVP_EC_gen(3).
    package static func generate() throws(CertificateError) -> PrivateKey {
        guard let handle = unsafe COpenSSL_EC_gen_P256() else {
            throw CertificateError("make a private key", .openSSLQueue)
        }
        return unsafe PrivateKey(adopting: handle)
    }

    /// Reads an unencrypted PKCS#8 key, "PRIVATE KEY", of any kind that OpenSSL knows: RFC 5208,
    /// EVP_PKCS82PKEY(3).
    package init(pem: [UInt8]) throws(CertificateError) {
        self = try unsafe PEM.decode(pem, label: "PRIVATE KEY", action: "read the private key") { position, count in
            guard let info = unsafe d2i_PKCS8_PRIV_KEY_INFO(nil, &position, count) else { return nil }
            defer { unsafe PKCS8_PRIV_KEY_INFO_free(info) }
            return unsafe EVP_PKCS82PKEY(info)
        } owner: { handle in
            unsafe PrivateKey(adopting: handle)
        }
    }

    /// The key as unencrypted PKCS#8 PEM.
    package var pem: [UInt8] {
        get throws(CertificateError) {
            let output = try MemoryBIO()
            guard unsafe PEM_write_bio_PKCS8PrivateKey(output.handle, handle, nil, nil, 0, nil, nil) == 1 else {
                throw CertificateError("write the private key as PEM", .openSSLQueue)
            }
            return output.takeRest()
        }
    }
}
