private import Certificates
internal import Posix

/// Reads now and then until when the certificate lasts that nginx serves (`IMAGESWAP_TLS_CERT`: a copy without its key,
/// which the responder must not be able to read).
struct CertificateWatch {
    private let path: String
    private var lastLook: MonotonicTime?

    private static let look = Duration.seconds(10)
    /// Bytes of the file at most.
    private static let longest = 1 << 20

    init(path: String) { self.path = path }

    /// The end of the certificate's life; the outer optional is nil between two looks, the inner one where the file
    /// cannot be read.
    mutating func due(at now: MonotonicTime) -> WallTime?? {
        if let lastLook, now - lastLook < Self.look { return nil }
        lastLook = now
        guard let pem = try? FileSystem.readIfPresent(path, limit: Self.longest),
            let certificate = try? Certificate(firstOf: pem)
        else { return .some(nil) }
        return .some(WallTime(nanoseconds: certificate.validity.notAfter * 1_000_000_000))
    }
}
