private import COpenSSL

/// SHA-256 (FIPS 180-4), OpenSSL's: EVP_Digest(3).
package enum SHA256 {
    /// The 32 bytes of a digest.
    package static func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let made = unsafe EVP_Digest(bytes, bytes.count, &digest, nil, EVP_sha256(), nil)
        // Fails only where the library lacks the algorithm, as a build of it without SHA-256 would.
        precondition(made == 1, "OpenSSL has no SHA-256")
        return digest
    }
}
