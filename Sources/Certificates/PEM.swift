// PEM text with one thing in it.

private import COpenSSL

/// The textual encoding of RFC 7468, strictly: one block, nothing before it and only white space after it.
enum PEM {
    /// What a d2i function of OpenSSL makes of the block in `pem`, in the hands of its owner.
    ///
    /// `action` is what the caller is doing, for the error. Throws if the DER value is not all that the block holds.
    static func decode<Owner: ~Copyable>(
        _ pem: [UInt8], label: String, action: String,
        with d2i: (_ position: inout UnsafePointer<UInt8>?, _ count: Int) -> OpaquePointer?,
        owner: (OpaquePointer) -> Owner
    ) throws(CertificateError) -> Owner {
        let der = try der(pem, label: label, action: action)
        var used = 0
        let made = unsafe der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            let handle = unsafe d2i(&position, buffer.count)
            if let start = buffer.baseAddress, let end = unsafe position { used = unsafe start.distance(to: end) }
            return unsafe handle
        }
        guard let made = unsafe made else { throw CertificateError(action, .openSSLQueue) }
        let owned = unsafe owner(made)
        // OpenSSL may leave errors of what it tried before it succeeded.
        ERR_clear_error()
        guard used == der.count else { throw CertificateError(action, .content("has bytes after the DER value")) }
        return owned
    }

    /// The DER bytes in the block of `pem`, which must have this label and no header lines (so: is not encrypted).
    ///
    /// PEM_read_bio(3).
    private static func der(_ pem: [UInt8], label: String, action: String) throws(CertificateError) -> [UInt8] {
        func refused(_ reason: String) -> CertificateError { CertificateError(action, .content(reason)) }

        guard pem.starts(with: "-----BEGIN ".utf8) else { throw refused("no PEM: does not begin with -----BEGIN") }
        let input = try MemoryBIO(pem)
        var name: UnsafeMutablePointer<CChar>?
        var header: UnsafeMutablePointer<CChar>?
        var data: UnsafeMutablePointer<UInt8>?
        var count = 0
        guard unsafe PEM_read_bio(input.handle, &name, &header, &data, &count) == 1,
            let name = unsafe name, let header = unsafe header, let data = unsafe data
        else {
            throw CertificateError(action, .openSSLQueue)
        }
        defer {
            unsafe COpenSSL_clear_free(name, 0)
            unsafe COpenSSL_clear_free(header, 0)
            unsafe COpenSSL_clear_free(data, count)
        }
        let found = unsafe String(cString: name)
        guard found == label else { throw refused("holds \"\(found)\", not \"\(label)\"") }
        guard unsafe header.pointee == 0 else { throw refused("has header lines, as an encrypted key has") }
        let rest = input.takeRest()
        guard rest.allSatisfy({ [0x20, 0x09, 0x0A, 0x0D].contains($0) }) else {
            throw refused("has more after its -----END line, from byte \(pem.count - rest.count)")
        }
        return unsafe Array(UnsafeBufferPointer(start: data, count: count))
    }
}
