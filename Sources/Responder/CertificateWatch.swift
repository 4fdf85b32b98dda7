private import Certificates
internal import Posix

/// Reads now and then until when the certificate lasts that nginx serves (`IMAGESWAP_TLS_CERT`: a copy without its key,
/// which the responder must not be able to read).
struct CertificateWatch {
    private let path: String
    private var lastLook: MonotonicTime?
    /// Of the file that was read last; nil if none could be.
    private var read: FileStatus?

    private static let look = Duration.seconds(10)
    /// Bytes of the file at most.
    private static let longest = 1 << 20

    init(path: String) { self.path = path }

    /// What the file says; nil between two looks, and while it stays as it was.
    mutating func due(at now: MonotonicTime) -> ServingCertificate? {
        if let lastLook, now - lastLook < Self.look { return nil }
        lastLook = now
        let status = try? FileStatus(of: path)
        if let read, status == read { return nil }
        read = nil
        guard let pem = try? FileSystem.readIfPresent(path, limit: Self.longest),
            let certificate = try? Certificate(firstOf: pem)
        else { return ServingCertificate(isWatched: true) }
        read = status
        let life = ServingCertificate.Life(
            start: certificate.validity.notBefore, end: certificate.validity.notAfter)
        let authorities = CertificateBundle(lenient: pem).entries.dropFirst().filter(\.isAuthority)
        return ServingCertificate(
            isWatched: true, life: life, authorityEnd: authorities.map(\.validity.notAfter).min())
    }
}
