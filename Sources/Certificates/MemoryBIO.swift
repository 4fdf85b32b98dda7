// OpenSSL's stream over bytes in memory, through which PEM text comes and goes.

private import COpenSSL

/// A BIO in memory: the one owner of the handle. BIO_s_mem(3).
@safe struct MemoryBIO: ~Copyable {
    let handle: OpaquePointer

    /// A stream that holds a copy of `bytes`.
    init(_ bytes: [UInt8] = []) throws(CertificateError) {
        guard let handle = unsafe BIO_new(BIO_s_mem()) else {
            throw CertificateError("make a BIO", .openSSLQueue)
        }
        var written = 0
        guard unsafe bytes.isEmpty || BIO_write_ex(handle, bytes, bytes.count, &written) == 1 else {
            unsafe BIO_free(handle)
            throw CertificateError("fill a BIO", .openSSLQueue)
        }
        unsafe self.handle = unsafe handle
    }

    deinit {
        unsafe BIO_free(handle)
    }

    /// How many bytes it still holds.
    var pendingCount: Int { unsafe BIO_ctrl_pending(handle) }

    /// Takes out all bytes that it still holds.
    borrowing func takeRest() -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: pendingCount)
        var count = 0
        guard !bytes.isEmpty, unsafe BIO_read_ex(handle, &bytes, bytes.count, &count) == 1 else { return [] }
        return Array(bytes.prefix(count))
    }
}
