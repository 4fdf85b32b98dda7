// What a TLS directory serves, and what is wrong with it, in plain words: imageswap-init status.

import Certificates
import Kubernetes
import Posix

/// A directory with a certificate, as an operator wants it told: lines for people, and what is wrong.
///
/// It takes one that `run` or `local` keeps, one that others provide, and one for the public, which has no key.
package struct DirectoryReport: Sendable, CustomStringConvertible {
    /// Something that is wrong, and what would be right.
    package struct Fault: Equatable, Sendable, CustomStringConvertible {
        package let what: String
        package let remedy: String

        package var description: String { "\(what); \(remedy)" }
    }

    package let directory: String
    /// What there is, each with its name: "subject", "CN=imageswap".
    package private(set) var facts: [(name: String, text: String)] = []
    package private(set) var faults: [Fault] = []
    /// When what is served ends: the certificate, or its CA if that ends before; nil: nothing that can be read.
    package private(set) var end: Int64?

    /// Seconds since 1970.
    private let now: Int64

    /// How much later than announced a look may be, in seconds: an API server that is away holds one up.
    private static let lateness: Int64 = 10 * 60
    /// Of a name in front of its text.
    private static let nameWidth = 10

    /// Reads the directory. Nothing is written there.
    package init(directory: String, names: ProvidedNames = ProvidedNames(), now: Int64) {
        self.directory = directory
        self.now = now
        do throws(Errno) {
            _ = try FileSystem.names(in: directory)
        } catch {
            fault(
                "\(directory) cannot be read: \(error)",
                "--tls-dir names the directory that imageswap-init run, or local, keeps")
            return
        }
        tell(DirectoryFiles(directory, names: names))
    }

    package var description: String {
        var lines: [String] = []
        if let end {
            lines.append("\(directory): a certificate \(end <= now ? "that ended on" : "until") \(moment(end))")
        } else {
            lines.append("\(directory): nothing that can be served")
        }
        for (name, text) in facts {
            lines.append("  \(name)\(String(repeating: " ", count: max(1, Self.nameWidth - name.count)))\(text)")
        }
        lines += faults.map { "wrong: \($0)" }
        return lines.joined(separator: "\n")
    }

    // MARK: what there is

    private mutating func tell(_ files: DirectoryFiles) {
        for (name, error) in files.unreadable {
            fault("\(name) cannot be read: \(error)", "run this as a user who may, or mend the file")
        }
        let status = files.status.flatMap { try? KeeperStatus(json: $0) }
        tellCertificate(files, status)
        if let status {
            tell(status)
        } else if files.status != nil {
            fault("status.json is not what imageswap-init writes", "take it away: the next look writes it anew")
        }
    }

    private mutating func tellCertificate(_ files: DirectoryFiles, _ status: KeeperStatus?) {
        guard let chain = files.certificate else {
            if !files.isUnreadable(files.certificateName) {
                fault("\(files.certificateName) is missing", advice(status, files))
            }
            return
        }
        do throws(CertificateError) {
            let own = try Certificate(firstOf: chain)
            fact("subject", own.subject)
            fact("names", own.names.isEmpty ? "none" : own.names.map(\.text).joined(separator: ", "))
            fact("serial", own.serial)
            fact("issuer", try own.issuer)
            end = own.validity.notAfter
            tellTime(own.validity, "the certificate", advice(status, files))
            if own.names.isEmpty {
                fault(
                    "the certificate is for no host name", "its subject alternative name must have the Service's names")
            }
            tellKey(chain: chain, files)
            tellAuthority(own.validity, chain: chain, files)
            tellRenewal(own.validity, status, files)
        } catch {
            fault("\(files.certificateName): \(error)", "it must hold certificates in PEM; \(advice(status, files))")
        }
    }

    private mutating func tellTime(_ validity: Validity, _ what: String, _ remedy: String) {
        fact("valid", "from \(utcText(validity.notBefore)) until \(moment(validity.notAfter))")
        if now < validity.notBefore {
            fault(
                "\(what) is good only from \(utcText(validity.notBefore)) on",
                "if that is over by right, this machine's clock is behind: it says \(utcText(now))")
        } else if now >= validity.notAfter {
            fault("\(what) ended on \(moment(validity.notAfter))", remedy)
        }
    }

    private mutating func tellKey(chain: [UInt8], _ files: DirectoryFiles) {
        guard let pem = files.key else {
            if files.isPublic {
                fact("key", "none here: a directory for the public")
            } else if !files.isUnreadable(files.keyName) {
                fault("\(files.keyName) is missing", "nginx serves nothing without the certificate's key")
            }
            return
        }
        do throws(CertificateError) {
            _ = try ServingPair(chain: chain, key: pem)
            fact("key", "fits the certificate")
        } catch {
            fault(
                "\(files.certificateName) and \(files.keyName): \(error)",
                "the key must be the first certificate's, and each certificate be signed by the one that follows it")
        }
    }

    private mutating func tellAuthority(_ leaf: Validity, chain: [UInt8], _ files: DirectoryFiles) {
        guard let pem = files.authority else {
            if files.isPublic {
                fact("CA", "none here: the chain is not verified")
            } else if !files.isUnreadable(files.authorityName) {
                fault("\(files.authorityName) is missing", "it must hold the CA that signed the certificate, in PEM")
            }
            return
        }
        let authorities = CertificateBundle(lenient: pem)
        guard !authorities.isEmpty else {
            fault("\(files.authorityName) holds no certificate", "it must hold the CA's certificate, in PEM")
            return
        }
        // At a time when both are good: that one has ended is told apart from that it never signed.
        let signers = authorities.entries.filter { entry in
            let start = max(leaf.notBefore, entry.validity.notBefore)
            let time = max(start, min(now, leaf.notAfter - 1, entry.validity.notAfter - 1))
            return (try? ChainVerification.check(chain: chain, authorities: CertificateBundle([entry]), at: time))
                != nil
        }
        guard let last = signers.max(by: { $0.validity.notAfter < $1.validity.notAfter }) else {
            let time = max(leaf.notBefore, min(now, leaf.notAfter - 1))
            do throws(CertificateError) {
                try ChainVerification.check(chain: chain, authorities: authorities, at: time)
            } catch {
                let subjects = authorities.entries.map(\.subject).joined(separator: "; ")
                fault(
                    "\(files.authorityName) (\(subjects)): \(error)",
                    "it must hold the CA that signed the certificate, and \(files.certificateName) what is between them"
                )
            }
            return
        }
        fact("CA", "\(last.subject), until \(moment(last.validity.notAfter))")
        end = min(end ?? last.validity.notAfter, last.validity.notAfter)
        if now >= last.validity.notAfter {
            fault(
                "the CA \(last.subject) ended on \(moment(last.validity.notAfter))",
                "all that it signed ended with it: a new CA has to sign")
        } else if now < last.validity.notBefore {
            fault(
                "the CA \(last.subject) is good only from \(utcText(last.validity.notBefore)) on",
                "if that is over by right, this machine's clock is behind: it says \(utcText(now))")
        } else {
            fact("chain", "\(files.authorityName) vouches for the certificate")
        }
    }
}

// What imageswap-init says about itself.
extension DirectoryReport {
    private mutating func tell(_ status: KeeperStatus) {
        fact("source", [status.source, status.step].compactMap(\.self).joined(separator: ", "))
        if let isRegistered = status.registered {
            fact("webhook", isRegistered ? "its configuration has the CA" : "its configuration lacks the CA")
            if !isRegistered {
                fault(
                    "the webhook configuration has no CA that vouches for the certificate",
                    "the log of imageswap-init run says why")
            }
        }
        if let error = status.last_error {
            fault("the last look found: \(error)", "it is right once a look finds nothing wrong")
        }
        if let updated = status.updated.flatMap(secondsSince1970) {
            tellLook(at: updated, next: status.next_look.flatMap(secondsSince1970))
        }
    }

    private mutating func tellLook(at updated: Int64, next: Int64?) {
        var text = utcText(updated)
        if let next { text += ", the next one by \(utcText(next))" }
        fact("last look", text)
        if updated > now + Validity.headStart {
            fault(
                "status.json is of \(utcText(updated)), which is still to come",
                "set this machine's clock right: it says \(utcText(now))")
        } else if let next, now > next + Self.lateness {
            fault(
                "status.json is old: a look was due by \(utcText(next))",
                "imageswap-init run must go on beside nginx, and its log says what holds it up")
        }
    }

    private mutating func tellRenewal(_ validity: Validity, _ status: KeeperStatus?, _ files: DirectoryFiles) {
        let due = "from \(utcText(validity.renewal)) on"
        switch status?.source {
        case "provided":
            fact("renewal", "by whoever provides it; what they put there is served from the next look on")
        case .some where status?.next_look != nil:
            fact("renewal", "\(due), by imageswap-init run")
        case .some:
            fact("renewal", "\(due), once imageswap-init run goes on without --once")
            if validity.isNearEnd(at: now), now < validity.notAfter {
                fault(
                    "the certificate is to be renewed since \(utcText(validity.renewal)), and nobody stays to do it",
                    "start imageswap-init run without --once beside nginx")
            }
        case nil where files.isLocal:
            fact("renewal", "\(due), when imageswap-init local runs again")
        case nil:
            fact("renewal", "by whoever keeps this directory")
        }
    }

    private func advice(_ status: KeeperStatus?, _ files: DirectoryFiles) -> String {
        if status?.source == "provided" { return "whoever provides it must renew it" }
        if status == nil, files.isLocal { return "imageswap-init local makes another one" }
        return status == nil
            ? "whoever keeps the directory must make another one" : "imageswap-init run makes another one"
    }
}

// Words.
extension DirectoryReport {
    private mutating func fact(_ name: String, _ text: String) {
        facts.append((name, printable(text)))
    }

    private mutating func fault(_ what: String, _ remedy: String) {
        faults.append(Fault(what: printable(what), remedy: printable(remedy)))
    }

    /// A time with how far it is: "2027-02-22 23:45:42 UTC (89 days left)".
    private func moment(_ time: Int64) -> String {
        let distance = abs(time - now)
        let (days, hours, minutes) = (distance / 86400, distance / 3600, distance / 60)
        func count(_ number: Int64, _ unit: String) -> String { "\(number) \(unit)\(number == 1 ? "" : "s")" }
        let text =
            days > 1 ? count(days, "day") : hours > 1 ? count(hours, "hour") : count(minutes, "minute")
        return "\(utcText(time)) (\(time > now ? "\(text) left" : "\(text) ago"))"
    }
}
