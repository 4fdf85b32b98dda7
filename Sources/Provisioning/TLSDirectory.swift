// The directory that nginx takes its certificate from, changed as a whole.

package import Certificates
import Posix

/// What a TLS directory holds.
package struct ServedFiles: Sendable {
    /// What is served; nil if there is nothing that could be.
    package var pair: ServingPair?
    /// The key, PEM: also where no certificate fits it.
    package var key: [UInt8]?
    /// `ca.crt`.
    package var authorities = CertificateBundle()
    /// Why there is no pair.
    package var flaw: String?

    package init() {}

    /// The key that is there, or a new one.
    package func keyOrNew() throws(CertificateError) -> PrivateKey {
        if let key { return try PrivateKey(pem: key) }
        return try PrivateKey.generate()
    }
}

/// The directory with `tls.crt`, `tls.key` and `ca.crt`, shared with nginx, which opens them at each handshake.
///
///     tls.crt -> current/tls.crt         cert.pem -> tls.crt     the original's name
///     tls.key -> current/tls.key         key.pem  -> tls.key
///     ca.crt  -> current/ca.crt
///     current -> pair.x7f3k0             renamed over: what changes everything at once
///     pair.x7f3k0/                       the files; the directory before it stays for those who are about to open it
///
/// So a process that is killed leaves the old pair or the new one, whole, also where the key changes with the
/// certificate. nginx opens the two files one after the other: only with the same key, which a pod of ours keeps, can a
/// change between the two not matter.
package struct TLSDirectory: Sendable {
    package let path: String

    /// The link that names the files which count.
    static let current = "current"
    private static let generation = "pair."
    private static let certificate = "tls.crt"
    private static let key = "tls.key"
    private static let authorities = "ca.crt"
    private static let aliases = ["cert.pem": certificate, "key.pem": key]
    /// For nginx's group: it reads, and files made here belong to the group of the volume (set-group-ID).
    private static let directoryMode: UInt32 = 0o2750
    private static let fileMode: UInt32 = 0o640
    /// Bytes of a file at most: a chain of dozens of certificates.
    private static let largestFile = 1 << 20

    package init(_ path: String) {
        self.path = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
    }

    /// Reads what is there. Files that are no good count as missing, with the reason; throws if one cannot be read.
    package func load() throws(ProvisioningError) -> ServedFiles {
        var files = ServedFiles()
        let chain = try read(Self.certificate)
        if let key = try read(Self.key), (try? PrivateKey(pem: key)) != nil { files.key = key }
        if let pem = try read(Self.authorities) { files.authorities = CertificateBundle(lenient: pem) }
        guard let chain, let key = files.key else {
            files.flaw = chain == nil ? "\(Self.certificate) is missing" : "\(Self.key) is missing or no key"
            return files
        }
        do throws(CertificateError) {
            files.pair = try ServingPair(chain: chain, key: key)
        } catch {
            files.flaw = "\(error)"
        }
        return files
    }

    /// Puts a pair with its authorities in the place of what is there; no file is written where it is the same.
    ///
    /// Answers whether it was another one.
    @discardableResult
    package func store(_ pair: ServingPair, authorities: CertificateBundle) throws(ProvisioningError) -> Bool {
        let files = [
            Self.certificate: pair.chain, Self.key: pair.key, Self.authorities: authorities.pem,
        ]
        var isSame = true
        for (name, bytes) in files where try read(name) != bytes { isSame = false }
        let old = try step("read", Self.current) { path throws(Errno) in try FileSystem.linkTarget(path) }
        if isSame, let old {
            try link()
            // Also what a run left that was killed.
            try sweep(keeping: [old])
            return false
        }

        try step("make the directory", "") { path throws(Errno) in
            // 0755 only if it is missing: in a pod it is a volume.
            try FileSystem.makeDirectory(path, mode: 0o755)
        }
        let new = Self.generation + String(UInt64.random(in: 0 ... .max), radix: 36)
        try step("make the directory", new) { path throws(Errno) in
            try FileSystem.makeDirectory(path, mode: Self.directoryMode)
        }
        for (name, bytes) in files {
            try step("write", "\(new)/\(name)") { path throws(Errno) in
                try FileSystem.replace(path, with: bytes, mode: Self.fileMode)
            }
        }
        // Before the links, so that none of them leads nowhere.
        try step("exchange", Self.current) { path throws(Errno) in try FileSystem.replaceLink(path, to: new) }
        try link()
        try sweep(keeping: [new, old])
        return true
    }

    /// Puts a file of another name here.
    package func write(_ bytes: [UInt8], to name: String) throws(ProvisioningError) {
        try Self.write(bytes, to: "\(path)/\(name)", mode: Self.fileMode)
    }

    /// Puts a file elsewhere, in a directory that is made where it is missing; nothing is written where it is the same.
    package static func write(_ bytes: [UInt8], to path: String, mode: UInt32) throws(ProvisioningError) {
        do {
            if let old = try FileSystem.readIfPresent(path, limit: largestFile), old == bytes { return }
            if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
                try FileSystem.makeDirectory(String(path[..<slash]), mode: 0o755)
            }
            try FileSystem.replace(path, with: bytes, mode: mode)
        } catch {
            throw .file("write", path: path, error)
        }
    }

    private func link() throws(ProvisioningError) {
        // The key first: with the certificate's link the pair is complete.
        for name in [Self.key, Self.authorities, Self.certificate] {
            try step("link", name) { path throws(Errno) in
                try FileSystem.replaceLink(path, to: "\(Self.current)/\(name)")
            }
        }
        for (alias, name) in Self.aliases {
            try step("link", alias) { path throws(Errno) in try FileSystem.replaceLink(path, to: name) }
        }
    }

    /// Takes away what earlier runs left.
    private func sweep(keeping kept: [String?]) throws(ProvisioningError) {
        try step("tidy", "") { path throws(Errno) in
            for name in try FileSystem.names(in: path) where !kept.contains(name) {
                if name.hasPrefix(Self.generation) {
                    try FileSystem.removeDirectory("\(path)/\(name)")
                } else if name.hasSuffix(".tmp") {
                    try FileSystem.remove("\(path)/\(name)")
                }
            }
        }
    }

    private func read(_ name: String) throws(ProvisioningError) -> [UInt8]? {
        try step("read", name) { path throws(Errno) in
            try FileSystem.readIfPresent(path, limit: Self.largestFile)
        }
    }

    private func step<Result>(
        _ action: String, _ name: String, _ body: (String) throws(Errno) -> Result
    ) throws(ProvisioningError) -> Result {
        let file = name.isEmpty ? path : "\(path)/\(name)"
        do { return try body(file) } catch { throw .file(action, path: file, error) }
    }
}
