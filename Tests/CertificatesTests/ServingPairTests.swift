// Bundles, pairs and requests, with OpenSSL's command as the judge where it can be.

import Certificates
import Foundation
import Testing

@Suite struct ServingPairTests {
    private static func authority(_ name: String = "Test CA") throws -> CertificateAuthority {
        try CertificateAuthority(
            selfSigned: name, key: PrivateKey.generate(), validity: Validity(days: 10, from: today))
    }

    @Test(arguments: ["ec -traditional", "rsa -traditional", "pkcs8"])
    func keysInTheFormsOfOtherToolsAreReadAndWrittenAsOurs(form: String) throws {
        let directory = TemporaryDirectory()
        try directory.write([], to: "k.pem")
        let file = "\(directory.path)/k.pem"
        let made =
            switch form {
            case "ec -traditional": ["ecparam", "-name", "prime256v1", "-genkey", "-out", file]
            case "rsa -traditional": ["genrsa", "-traditional", "-out", file, "2048"]
            default: ["genpkey", "-algorithm", "ED25519", "-out", file]
            }
        try #require(openssl(made).status == 0)
        let key = try PrivateKey(pem: directory.read("k.pem"))
        #expect(try String(decoding: key.pem, as: UTF8.self).hasPrefix("-----BEGIN PRIVATE KEY-----"))
    }

    @Test func aBundleHoldsEachCertificateOnceInItsOrder() throws {
        let one = try Self.authority("One").certificate.pem
        let other = try Self.authority("Other").certificate.pem
        let bundle = try CertificateBundle(pem: one + other + one)
        #expect(bundle.entries.map(\.subject) == ["CN=One", "CN=Other"])
        #expect(bundle.pem == one + other)
        #expect(try CertificateBundle(pem: other).union(bundle).entries.map(\.subject) == ["CN=Other", "CN=One"])
    }

    @Test func aLenientReaderTakesWhatThereIs() throws {
        let one = try Self.authority("One").certificate.pem
        let other = try Self.authority("Other").certificate.pem
        let text =
            Array("# company\n".utf8) + one
            + Array("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\nx".utf8) + other
        #expect(CertificateBundle(lenient: text).entries.map(\.subject) == ["CN=One", "CN=Other"])
        #expect(CertificateBundle(lenient: Array("rubbish".utf8)).isEmpty)
        #expect(CertificateBundle(lenient: Array(one.dropLast(40))).isEmpty)
        #expect(throws: CertificateError.self) { _ = try CertificateBundle(pem: text) }
    }

    @Test func theFingerprintAndTheSerialAreOpenSSLs() throws {
        let directory = TemporaryDirectory()
        let authority = try Self.authority()
        try directory.write(authority.certificate.pem, to: "c.pem")
        func text(_ option: String...) throws -> String {
            try openssl(["x509", "-in", "\(directory.path)/c.pem", "-noout"] + option).output
                .trimmingCharacters(in: .newlines).components(separatedBy: "=")[1]
        }
        let fingerprint = try authority.certificate.fingerprint
        let serial = authority.certificate.serial
        #expect(try text("-fingerprint", "-sha256").replacingOccurrences(of: ":", with: "").lowercased() == fingerprint)
        #expect(try text("-serial").lowercased() == serial)
    }

    @Test func aRequestIsWhatOpenSSLVerifies() throws {
        let directory = TemporaryDirectory()
        let key = try PrivateKey.generate()
        let request = try CertificateRequest.make(
            organization: "system:nodes", commonName: "system:node:imageswap.ns.svc",
            names: [HostName("imageswap.ns.svc"), HostName("192.0.2.1")], key: key)
        try directory.write(request, to: "r.pem")
        let result = try openssl(["req", "-in", "\(directory.path)/r.pem", "-noout", "-verify", "-text"])
        #expect(result.status == 0)
        #expect(result.output.contains("self-signature verify OK"))
        #expect(result.output.contains("Subject: O = system:nodes, CN = system:node:imageswap.ns.svc"))
        #expect(result.output.contains("DNS:imageswap.ns.svc, IP Address:192.0.2.1"))
    }

    @Test(arguments: [
        ("a.example", true), ("b.w.example", true), ("192.0.2.1", true), ("::1", false), ("w.example", false),
        ("a.b.w.example", false), ("imageswap", false),
    ])
    func theNamesThatAClientAcceptsAreCovered(host: String, covered: Bool) throws {
        let authority = try Self.authority()
        let key = try PrivateKey.generate()
        let names = try ["a.example", "*.w.example", "192.0.2.1"].map { try HostName($0) }
        let certificate = try authority.sign(
            serving: names, commonName: "imageswap", key: key, validity: Validity(days: 1, from: today))
        let host = try HostName(host)
        let isCovered = certificate.covers(host)
        #expect(isCovered == covered)
    }

    @Test func aPairIsTrustedByItsAuthorityInItsTimeOnly() throws {
        let authority = try Self.authority()
        let key = try PrivateKey.generate()
        let certificate = try authority.sign(
            serving: [HostName("a")], commonName: "a", key: key, validity: Validity(days: 1, from: today))
        let pair = try ServingPair(chain: certificate.pem, key: key.pem)
        let own = try CertificateBundle(pem: authority.certificate.pem)
        let other = try CertificateBundle(pem: Self.authority().certificate.pem)
        #expect(pair.isTrusted(by: own, at: today))
        #expect(pair.isTrusted(by: other.union(own), at: today))
        #expect(!pair.isTrusted(by: other, at: today))
        #expect(!pair.isTrusted(by: CertificateBundle(), at: today))
        #expect(!pair.isTrusted(by: own, at: today + 2 * day))
        #expect(!pair.isTrusted(by: own, at: today - day))
    }
}
