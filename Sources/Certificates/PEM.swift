// PEM text: the blocks in it, and the OpenSSL objects in those.

private import COpenSSL

/// The textual encoding of RFC 7468.
enum PEM {
    /// One block: its label, "CERTIFICATE", and the bytes that it encodes.
    struct Block {
        let label: String
        let der: [UInt8]
    }

    private static let whiteSpace: [UInt8] = [0x20, 0x09, 0x0A, 0x0D]

    /// The blocks of `pem`, strictly: one at least, nothing before the first, only white space after each, and no
    /// header lines in any (so: none is encrypted).
    ///
    /// `action` is what the caller is doing, for the error. PEM_read_bio(3).
    static func blocks(_ pem: [UInt8], action: String) throws(CertificateError) -> [Block] {
        func refused(_ reason: String) -> CertificateError { CertificateError(action, .content(reason)) }

        guard pem.starts(with: "-----BEGIN ".utf8) else { throw refused("no PEM: does not begin with -----BEGIN") }
        var blocks: [Block] = []
        var rest = pem[...]
        while !rest.isEmpty {
            guard rest.starts(with: "-----BEGIN ".utf8) else {
                throw refused("has more after its -----END line, from byte \(rest.startIndex)")
            }
            let input = try MemoryBIO(Array(rest))
            blocks.append(try block(from: input, action: action))
            rest = pem.suffix(input.pendingCount).drop { whiteSpace.contains($0) }
        }
        return blocks
    }

    /// The one block that `pem` holds, which must have one of these labels.
    static func block(_ pem: [UInt8], labels: [String], action: String) throws(CertificateError) -> Block {
        let blocks = try blocks(pem, action: action)
        guard labels.contains(blocks[0].label) else {
            let wanted = labels.map { "\"\($0)\"" }.joined(separator: " or ")
            throw CertificateError(action, .content("holds \"\(blocks[0].label)\", not \(wanted)"))
        }
        guard blocks.count == 1 else {
            throw CertificateError(action, .content("holds \(blocks.count) blocks, not one"))
        }
        return blocks[0]
    }

    /// What a d2i function of OpenSSL makes of the bytes of a block, in the hands of its owner.
    ///
    /// Throws if the DER value is not all that the block holds.
    static func decode<Owner: ~Copyable>(
        _ block: Block, action: String,
        with d2i: (_ position: inout UnsafePointer<UInt8>?, _ count: Int) -> OpaquePointer?,
        owner: (OpaquePointer) -> Owner
    ) throws(CertificateError) -> Owner {
        var used = 0
        let made = unsafe block.der.withUnsafeBufferPointer { buffer in
            var position = buffer.baseAddress
            let handle = unsafe d2i(&position, buffer.count)
            if let start = buffer.baseAddress, let end = unsafe position { used = unsafe start.distance(to: end) }
            return unsafe handle
        }
        guard let made = unsafe made else { throw CertificateError(action, .openSSLQueue) }
        let owned = unsafe owner(made)
        // OpenSSL may leave errors of what it tried before it succeeded.
        ERR_clear_error()
        guard used == block.der.count else { throw CertificateError(action, .content("has bytes after the DER value")) }
        return owned
    }

    private static func block(from input: borrowing MemoryBIO, action: String) throws(CertificateError) -> Block {
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
        guard unsafe header.pointee == 0 else {
            throw CertificateError(action, .content("has header lines, as an encrypted key has"))
        }
        return unsafe Block(
            label: String(cString: name), der: Array(UnsafeBufferPointer(start: data, count: count)))
    }
}
