import Posix

private import COpenSSL
private import Glibc

/// How the server speaks TLS: one for all connections.
@safe final class TLSContext: @unchecked Sendable {
    // SSL_CTX counts its references by itself, and is not changed once it is set up.
    private let handle: OpaquePointer

    /// - Parameters:
    ///   - certificate: PEM of the server's certificate.
    ///   - key: PEM.
    ///   - clientAuthority: PEM of what vouches for clients that show a certificate; they need not.
    init(certificate: [UInt8], key: [UInt8], clientAuthority: [UInt8]) throws {
        guard let handle = unsafe SSL_CTX_new(TLS_server_method()),
            let own = unsafe withBIO(certificate, { unsafe PEM_read_bio_X509($0, nil, nil, nil) }),
            let privateKey = unsafe withBIO(key, { unsafe PEM_read_bio_PrivateKey($0, nil, nil, nil) }),
            let authority = unsafe withBIO(clientAuthority, { unsafe PEM_read_bio_X509($0, nil, nil, nil) })
        else { throw Errno.noMemory }
        unsafe self.handle = handle
        defer {
            unsafe X509_free(own)
            unsafe EVP_PKEY_free(privateKey)
            unsafe X509_free(authority)
        }
        let good =
            unsafe SSL_CTX_use_certificate(handle, own) == 1 && SSL_CTX_use_PrivateKey(handle, privateKey) == 1
            && X509_STORE_add_cert(SSL_CTX_get_cert_store(handle), authority) == 1
        guard good else { throw Errno.invalidArgument }
        unsafe SSL_CTX_set_verify(handle, SSL_VERIFY_PEER, nil)
        // Sessions are not kept: each handshake is a whole one.
        unsafe SSL_CTX_set_options(handle, UInt64(1) << 14)  // SSL_OP_NO_TICKET
        unsafe SSL_CTX_set_num_tickets(handle, 0)
    }

    deinit { unsafe SSL_CTX_free(handle) }

    /// Shakes hands over a socket, which must outlive the stream; nil where that fails.
    func accept(on socket: Int32) -> TLSStream? {
        guard let stream = unsafe SSL_new(handle) else { return nil }
        guard unsafe SSL_set_fd(stream, socket) == 1, unsafe SSL_accept(stream) == 1 else {
            unsafe SSL_free(stream)
            ERR_clear_error()
            return nil
        }
        return unsafe TLSStream(adopting: stream)
    }
}

/// One connection's TLS: the owner of an SSL. Used by one thread.
@safe struct TLSStream: ~Copyable {
    private let handle: OpaquePointer

    fileprivate init(adopting handle: OpaquePointer) {
        unsafe self.handle = handle
    }

    deinit { unsafe SSL_free(handle) }

    /// The common name of the client's certificate; nil where it showed none.
    var clientName: String? {
        guard let certificate = unsafe SSL_get1_peer_certificate(handle) else { return nil }
        defer { unsafe X509_free(certificate) }
        var text = [CChar](repeating: 0, count: 256)
        let count = unsafe X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate), NID_commonName, &text, Int32(text.count))
        return count < 0
            ? nil : String(decoding: text.prefix(Int(count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What there is, empty at the end and after an error.
    borrowing func read() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16_384)
        let count = unsafe SSL_read(handle, &bytes, Int32(bytes.count))
        ERR_clear_error()
        return Array(bytes.prefix(max(Int(count), 0)))
    }

    /// False where the other side has gone.
    borrowing func write(_ bytes: [UInt8]) -> Bool {
        guard !bytes.isEmpty else { return true }
        defer { ERR_clear_error() }
        return unsafe SSL_write(handle, bytes, Int32(bytes.count)) == Int32(bytes.count)
    }

    /// Whether the other side said something, its farewell included, or the socket was shut down. It stays to be read.
    var hasInput: Bool {
        var byte: UInt8 = 0
        return unsafe recv(SSL_get_fd(handle), &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }

    /// Says that nothing more comes.
    borrowing func close() {
        unsafe SSL_shutdown(handle)
        ERR_clear_error()
    }
}
