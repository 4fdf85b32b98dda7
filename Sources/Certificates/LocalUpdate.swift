// One pass over a directory with local certificates: what stays, what is made anew, what is said about it.

private import Posix

/// The writing half of an update of local certificates, after all files were read.
struct LocalUpdate {
    let local: LocalCertificates
    /// Seconds since 1970.
    let now: Int64
    let report: (String) -> Void
    private var hasNewAuthority = false

    private static let authorityName = "ImageSwap local CA"
    private static let servingName = "ImageSwap"

    init(of local: LocalCertificates, now: Int64, report: @escaping (String) -> Void) {
        self.local = local
        self.now = now
        self.report = report
    }

    /// The key that is there, or a new one.
    func key(
        _ old: consuming PrivateKey?, in file: LocalCertificates.File
    ) throws(CertificateError) -> PrivateKey {
        if let old { return old }
        let key = try PrivateKey.generate()
        try write(key.pem, to: file, "a new key")
        return key
    }

    /// The authority that is there if it is good, or else a new one with the same key.
    mutating func authority(
        _ old: consuming Certificate?, key: consuming PrivateKey
    ) throws(CertificateError) -> CertificateAuthority {
        var reason = RenewalReason.missing
        if let old {
            guard let flaw = old.reasonToRenew(authorityWith: key, at: now) else {
                return try CertificateAuthority(certificate: old, key: key)
            }
            reason = flaw
        }
        hasNewAuthority = true
        let validity = Validity(days: LocalCertificates.authorityDays, from: now)
        let authority = try CertificateAuthority(selfSigned: Self.authorityName, key: key, validity: validity)
        try write(
            authority.certificate.pem, to: .authorityCertificate, "until \(utcText(validity.notAfter)): \(reason)")
        return authority
    }

    /// Sees to it that there is a good serving certificate, with this key.
    func certificate(
        _ old: consuming Certificate?, key: borrowing PrivateKey, authority: borrowing CertificateAuthority
    ) throws(CertificateError) {
        var reason = RenewalReason.missing
        if let old {
            let flaw =
                hasNewAuthority
                ? .authorityRenewed
                : old.reasonToRenew(serving: local.names, key: key, authority: authority.certificate, at: now)
            guard let flaw else {
                report("kept \(local.directory): good \(Self.summary(of: old))")
                return
            }
            reason = flaw
        }
        let validity = Validity(days: local.days, from: now)
        let new = try authority.sign(serving: local.names, commonName: Self.servingName, key: key, validity: validity)
        try write(new.pem, to: .certificate, "\(Self.summary(of: new)): \(reason)")
    }

    private func write(
        _ pem: [UInt8], to file: LocalCertificates.File, _ note: String
    ) throws(CertificateError) {
        let path = local.path(file)
        do {
            try FileSystem.replace(path, with: pem, mode: file.mode)
        } catch {
            throw CertificateError("write", path: path, .system(error))
        }
        report("wrote \(path), \(note)")
    }

    private static func summary(of certificate: borrowing Certificate) -> String {
        let names = certificate.names.map(\.text).joined(separator: ", ")
        return "for \(names) until \(utcText(certificate.validity.notAfter))"
    }
}
