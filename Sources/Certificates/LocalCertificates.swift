// A directory with a certificate authority of its own and a serving certificate, for runs on one machine.

private import Posix

/// A directory with `ca.crt`, `ca.key`, `tls.crt` and `tls.key`, kept good for a set of names.
///
/// Keys that are there stay. The files are written one by one, each as a whole; if that is cut short at any point, the
/// next update finds the pair that does not fit and mends it.
package struct LocalCertificates: Sendable {
    package let directory: String
    package let names: [HostName]
    /// How many days a new serving certificate is good for.
    package let days: Int

    /// How many days a new authority is good for, and so the most that its certificates can be.
    package static let authorityDays = 3650
    /// The largest file that is read, in bytes: a PEM file of ours has less than 2 KiB.
    private static let largestFile = 64 * 1024

    enum File: String {
        case authorityCertificate = "ca.crt"
        case authorityKey = "ca.key"
        case certificate = "tls.crt"
        case key = "tls.key"

        /// The serving key is for the web server's group too, the authority's key for nobody else.
        var mode: UInt32 {
            switch self {
            case .authorityCertificate, .certificate: 0o644
            case .authorityKey: 0o600
            case .key: 0o640
            }
        }
    }

    package init(directory: String, names: [HostName], days: Int) {
        self.directory = directory
        self.names = names.reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
        self.days = days
    }

    /// Makes what is missing and renews what is broken or has no more than a third of its life left at `now`, in
    /// seconds since 1970. `report` gets a line for each file written, or one line if all was good.
    package func update(now: Int64, report: @escaping (String) -> Void) throws(LocalFailure) {
        do {
            try FileSystem.makeDirectory(directory, mode: 0o755)
        } catch {
            throw .output(CertificateError("make the directory", path: directory, .system(error)))
        }
        // All are read before the first is written: a file that cannot be read changes nothing.
        let oldAuthorityKey = try read(.authorityKey) { pem throws(CertificateError) in try PrivateKey(pem: pem) }
        let oldAuthority = try read(.authorityCertificate) { pem throws(CertificateError) in try Certificate(pem: pem) }
        let oldKey = try read(.key) { pem throws(CertificateError) in try PrivateKey(pem: pem) }
        let oldCertificate = try read(.certificate) { pem throws(CertificateError) in try Certificate(pem: pem) }
        do {
            var update = LocalUpdate(of: self, now: now, report: report)
            let authorityKey = try update.key(oldAuthorityKey, in: .authorityKey)
            let authority = try update.authority(oldAuthority, key: authorityKey)
            let key = try update.key(oldKey, in: .key)
            try update.certificate(oldCertificate, key: key, authority: authority)
        } catch {
            throw .output(error)
        }
    }

    func path(_ file: File) -> String {
        directory.hasSuffix("/") ? directory + file.rawValue : "\(directory)/\(file.rawValue)"
    }

    /// What the file holds; nil if there is none.
    private func read<Content: ~Copyable>(
        _ file: File, as parse: (_ pem: [UInt8]) throws(CertificateError) -> Content
    ) throws(LocalFailure) -> Content? {
        let path = path(file)
        let pem: [UInt8]?
        do {
            pem = try FileSystem.readIfPresent(path, limit: Self.largestFile)
        } catch {
            throw .existing(CertificateError("read", path: path, .system(error)), directory: directory)
        }
        guard let pem else { return nil }
        do {
            return try parse(pem)
        } catch {
            throw .existing(error.at(path), directory: directory)
        }
    }
}
