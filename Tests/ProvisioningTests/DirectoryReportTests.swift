// What is said about a directory: one that is right, and a table of broken ones, as real files.

import Certificates
import Foundation
import Provisioning
import Testing

@Suite struct DirectoryReportTests {
    /// A directory as `run` keeps it, its status announcing a look in an hour.
    private static func keep(
        _ folder: borrowing Folder, pair: ServingPair? = nil, signer: SigningPair,
        status change: (inout KeeperStatus) -> Void = { _ in }
    ) throws {
        let pair = try pair ?? servingPair(by: signer)
        try TLSDirectory(folder.path).store(pair, authorities: CertificateBundle([signer.entry]))
        var status = KeeperStatus(source: "self-signed")
        status.step = "steady"
        status.registered = true
        status.updated = "2026-11-25T00:00:00Z"
        status.next_look = "2026-11-25T01:00:00Z"
        change(&status)
        try folder.write(status.json, to: "status.json")
    }

    private func report(_ folder: borrowing Folder, at now: Int64 = today) -> DirectoryReport {
        DirectoryReport(directory: folder.path, now: now)
    }

    @Test func aDirectoryThatIsRightIsToldWithoutAFault() throws {
        let folder = try Folder()
        try Self.keep(folder, signer: signingPair())
        let report = report(folder)
        #expect(report.faults == [])
        #expect(report.end == today + 90 * day)
        let lines = report.description.split(separator: "\n").map(String.init)
        #expect(lines.first == "\(folder.path): a certificate until 2027-02-23 00:00:00 UTC (90 days left)")
        for line in [
            "  subject   CN=imageswap", "  issuer    CN=Test CA", "  key       fits the certificate",
            "  names     imageswap, imageswap.imageswap-system, imageswap.imageswap-system.svc,"
                + " imageswap.imageswap-system.svc.cluster.local",
            "  valid     from 2026-11-24 23:55:00 UTC until 2027-02-23 00:00:00 UTC (90 days left)",
            "  CA        CN=Test CA, until 2031-11-24 00:00:00 UTC (1825 days left)",
            "  chain     ca.crt vouches for the certificate", "  source    self-signed, steady",
            "  webhook   its configuration has the CA",
            "  renewal   from 2027-01-23 23:58:20 UTC on, by imageswap-init run",
            "  last look 2026-11-25 00:00:00 UTC, the next one by 2026-11-25 01:00:00 UTC",
        ] {
            #expect(lines.contains(line), "\(line) is not in \(report)")
        }
        #expect(lines.contains { $0.hasPrefix("  serial    ") })
    }

    struct Broken: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What each fault begins with, in their order.
        let faults: [String]
        let make: @Sendable (borrowing Folder) throws -> Void

        init(_ name: String, _ faults: String..., make: @escaping @Sendable (borrowing Folder) throws -> Void) {
            testDescription = name
            self.faults = faults
            self.make = make
        }
    }

    static let broken = [
        Broken("empty", "tls.crt is missing; whoever keeps") { _ in },
        Broken(
            "the certificate has ended",
            "the certificate ended on 2026-09-16 00:00:00 UTC (70 days ago); imageswap-init run"
        ) {
            let signer = try signingPair(at: today - 200 * day)
            try keep($0, pair: servingPair(by: signer, life: 30 * day, at: today - 100 * day), signer: signer)
        },
        Broken("not yet good", "the certificate is good only from 2026-12-04 23:55:00 UTC on; if that is over by right")
        {
            let signer = try signingPair()
            try keep($0, pair: servingPair(by: signer, at: today + 10 * day), signer: signer)
        },
        Broken("another key", "tls.crt and tls.key: cannot use the pair: the key is not the one of the certificate") {
            let signer = try signingPair()
            try keep($0, signer: signer)
            try $0.write(servingPair(by: signer).key, to: "current/tls.key")
        },
        Broken(
            "the CA first", "the certificate is for no host name; ",
            "tls.crt and tls.key: cannot use the pair: the chain is in the wrong order", "ca.crt (CN=Test CA): "
        ) {
            let signer = try signingPair()
            try keep($0, signer: signer)
            try $0.write(signer.entry.pem + $0.read("tls.crt"), to: "current/tls.crt")
        },
        Broken(
            "another CA",
            "ca.crt (CN=Other): cannot verify the certificate: no authority of the bundle vouches for it: "
        ) {
            try keep($0, signer: signingPair())
            try $0.write(signingPair("Other").entry.pem, to: "current/ca.crt")
        },
        Broken("a CA of the same name", "ca.crt (CN=Test CA): cannot verify the certificate: ") {
            try keep($0, signer: signingPair())
            try $0.write(signingPair().entry.pem, to: "current/ca.crt")
        },
        Broken("the CA has ended", "the CA CN=Test CA ended on 2026-11-23 00:00:00 UTC (2 days ago); all that it") {
            let (signer, short) = try twoOfOneKey(life: 8 * day, at: today - 10 * day)
            try keep($0, pair: servingPair(by: signer, at: today - 9 * day), signer: short)
        },
        Broken(
            "both have ended", "the certificate ended on 2026-11-24 00:00:00 UTC (24 hours ago); imageswap-init run",
            "the CA CN=Test CA ended on 2026-11-24 00:00:00 UTC (24 hours ago); "
        ) {
            let signer = try signingPair(life: 30 * day, at: today - 31 * day)
            try keep($0, pair: servingPair(by: signer, life: 60 * day, at: today - 20 * day), signer: signer)
        },
        Broken("the CA is not yet good", "the CA CN=Test CA is good only from 2026-11-26 23:55:00 UTC on; ") {
            let signer = try signingPair(at: today + 2 * day)
            try keep($0, pair: servingPair(by: signer), signer: signer)
        },
        Broken("no certificate", "tls.crt is missing; imageswap-init run makes another one") {
            try keep($0, signer: signingPair())
            try remove("tls.crt", $0)
        },
        Broken("no key", "tls.key is missing; nginx serves nothing") {
            try keep($0, signer: signingPair())
            try remove("tls.key", $0)
            try remove("key.pem", $0)
        },
        Broken("no CA", "ca.crt is missing; it must hold the CA") {
            try keep($0, signer: signingPair())
            try remove("ca.crt", $0)
        },
        Broken("neither key nor CA, where both belong", "tls.key is missing; ", "ca.crt is missing; ") {
            try keep($0, signer: signingPair())
            for name in ["tls.key", "key.pem", "ca.crt"] { try remove(name, $0) }
        },
        Broken("links that lead nowhere", "tls.crt is missing; ") {
            try keep($0, signer: signingPair())
            try remove(FileManager.default.destinationOfSymbolicLink(atPath: "\($0.path)/current"), $0)
        },
        Broken("rubbish as certificate", "tls.crt: cannot read the certificate: no PEM") {
            try keep($0, signer: signingPair())
            try $0.write("rubbish".utf8, to: "current/tls.crt")
        },
        Broken("rubbish as key", "tls.crt and tls.key: cannot read the private key") {
            try keep($0, signer: signingPair())
            try $0.write("rubbish".utf8, to: "current/tls.key")
        },
        Broken("rubbish as CA", "ca.crt holds no certificate; ") {
            try keep($0, signer: signingPair())
            try $0.write("rubbish".utf8, to: "current/ca.crt")
        },
        Broken("a directory in a file's place", "tls.key cannot be read: Is a directory (EISDIR); ") {
            try keep($0, signer: signingPair())
            try remove("tls.key", $0)
            try FileManager.default.createDirectory(atPath: "\($0.path)/tls.key", withIntermediateDirectories: true)
        },
        Broken("a file that is too long", "ca.crt cannot be read: File too large (EFBIG); ") {
            try keep($0, signer: signingPair())
            try $0.write([UInt8](repeating: 10, count: 1 << 20 + 1), to: "current/ca.crt")
        },
        Broken("an error at the last look", "the last look found: API server out of reach\\u{a}x; ") {
            try keep($0, signer: signingPair()) { $0.last_error = "API server out of reach\nx" }
        },
        Broken("not registered", "the webhook configuration has no CA that vouches for the certificate; ") {
            try keep($0, signer: signingPair()) { $0.registered = false }
        },
        Broken("a look that did not come", "status.json is old: a look was due by 2026-11-24 23:49:59 UTC; ") {
            try keep($0, signer: signingPair()) {
                $0.updated = "2026-11-24T22:49:59Z"
                $0.next_look = "2026-11-24T23:49:59Z"
            }
        },
        Broken("a status of tomorrow", "status.json is of 2026-11-26 00:00:00 UTC, which is still to come; ") {
            try keep($0, signer: signingPair()) {
                $0.updated = "2026-11-26T00:00:00Z"
                $0.next_look = "2026-11-26T01:00:00Z"
            }
        },
        Broken("a status that is no JSON", "status.json is not what imageswap-init writes; ") {
            try keep($0, signer: signingPair())
            try $0.write("{".utf8, to: "status.json")
        },
        Broken("nobody who renews", "the certificate is to be renewed since 2026-11-24 23:56:40 UTC, and nobody") {
            let signer = try signingPair(at: today - 90 * day)
            let pair = try servingPair(by: signer, life: 90 * day - 149, at: today - 60 * day - 1)
            try keep($0, pair: pair, signer: signer) { $0.next_look = nil }
        },
    ]

    private static func remove(_ name: String, _ folder: borrowing Folder) throws {
        try FileManager.default.removeItem(atPath: "\(folder.path)/\(name)")
    }

    /// A CA of five years, and one with the same key and name and another life.
    private static func twoOfOneKey(life: Int64, at now: Int64 = today) throws -> (SigningPair, SigningPair) {
        let signer = try signingPair(at: now)
        let other = try CertificateAuthority(
            selfSigned: "Test CA", key: PrivateKey(pem: signer.key), validity: Validity(seconds: life, from: now))
        return (signer, try SigningPair(certificate: other.certificate.pem, key: signer.key))
    }

    @Test(arguments: broken)
    func whatIsWrongIsToldInALineEach(row: Broken) throws {
        let folder = try Folder()
        try row.make(folder)
        let report = report(folder)
        #expect(report.faults.count == row.faults.count, "\(report)")
        for (fault, beginning) in zip(report.faults, row.faults) {
            #expect("\(fault)".hasPrefix(beginning), "\(fault)")
            #expect(!fault.remedy.isEmpty)
            #expect(!"\(fault)".contains("\n"))
        }
        #expect(report.description.split(separator: "\n").filter { $0.hasPrefix("wrong: ") }.count == row.faults.count)
    }

    @Test func oneThatIsNotThereIsAFault() throws {
        let report = DirectoryReport(directory: "/nonexistent/tls", now: today)
        #expect(report.faults.map(\.what) == ["/nonexistent/tls cannot be read: No such file or directory (ENOENT)"])
    }

    @Test func aPublicDirectoryHasNoKeyAndIsRight() throws {
        let folder = try Folder()
        try folder.write(servingPair(by: signingPair()).chain, to: "tls.crt")
        let report = report(folder)
        #expect(report.faults == [])
        #expect(report.facts.contains { $0.text == "none here: a directory for the public" })
        #expect(report.facts.contains { $0.text == "none here: the chain is not verified" })
    }

    @Test func theOriginalsFileNamesAndOthersAreFound() throws {
        let folder = try Folder()
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        for (name, bytes) in [("cert.pem", pair.chain), ("key.pem", pair.key), ("company-ca", signer.entry.pem)] {
            try folder.write(bytes, to: name)
        }
        #expect(report(folder).faults.map(\.what) == ["ca.crt is missing"])
        var names = ProvidedNames()
        names.authority.append("company-ca")
        let report = DirectoryReport(directory: folder.path, names: names, now: today)
        #expect(report.faults == [])
        #expect(report.facts.contains { $0 == ("chain", "company-ca vouches for the certificate") })
    }

    @Test func whereTheCAEndsFirstItsEndIsTheOneThatCounts() throws {
        let folder = try Folder()
        let (signer, short) = try Self.twoOfOneKey(life: 30 * day)
        try Self.keep(folder, pair: servingPair(by: signer), signer: short)
        #expect(report(folder).end == today + 30 * day)
        #expect(report(folder).faults == [])
    }

    @Test func ofSeveralCAsTheOneThatSignedIsTold() throws {
        let folder = try Folder()
        let (old, signer) = (try signingPair("Old", life: day, at: today - 2 * day), try signingPair("New"))
        try TLSDirectory(folder.path).store(
            servingPair(by: signer), authorities: CertificateBundle([old.entry, signer.entry]))
        #expect(report(folder).faults == [])
        #expect(report(folder).facts.contains { $0.name == "CA" && $0.text.hasPrefix("CN=New, until ") })
    }

    @Test(arguments: [
        ("provided", true, "by whoever provides it"), ("self-signed", false, "once imageswap-init run goes on"),
        ("csr", true, "by imageswap-init run"),
    ])
    func whoRenewsDependsOnTheSource(source: String, announcesALook: Bool, text: String) throws {
        let folder = try Folder()
        try Self.keep(folder, signer: signingPair()) {
            $0.source = source
            if !announcesALook { $0.next_look = nil }
        }
        #expect(report(folder).faults == [])
        #expect(report(folder).facts.contains { $0.name == "renewal" && $0.text.contains(text) })
    }
}
