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

    /// Reads an unencrypted key of any kind that OpenSSL knows: PKCS#8's "PRIVATE KEY" (RFC 5208), or the older
    /// "EC PRIVATE KEY" (RFC 5915) and "RSA PRIVATE KEY" (RFC 8017), which cert-manager writes. d2i_AutoPrivateKey(3).
    ///
    /// "EC PARAMETERS" may stand before an EC key, as OpenSSL writes it: the key names its curve itself.
    package init(pem: [UInt8]) throws(CertificateError) {
        let action = "read the private key"
        let labels = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY"]
        let blocks = try PEM.blocks(pem, action: action).drop { $0.label == "EC PARAMETERS" }
        guard let block = blocks.first, labels.contains(block.label) else {
            let found = blocks.first?.label ?? "EC PARAMETERS"
            throw CertificateError(action, .content("holds \"\(found)\", not \"\(labels[0])\""))
        }
        guard blocks.count == 1 else {
            throw CertificateError(action, .content("holds \(blocks.count) blocks, not one"))
        }
        self = try unsafe PEM.decode(block, action: action) { position, count in
            unsafe d2i_AutoPrivateKey(nil, &position, count)
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
