// What an authority makes, as OpenSSL's own verifier and its text say.

import Certificates
import Foundation
import Testing

@Suite struct CertificateAuthorityTests {
    private static func hosts(_ names: [String]) throws -> [HostName] {
        try names.map { try HostName($0) }
    }

    private static func authority(days: Int = 10, now: Int64 = today) throws -> CertificateAuthority {
        try CertificateAuthority(
            selfSigned: "Test CA", key: PrivateKey.generate(), validity: Validity(days: days, from: now))
    }

    /// A line of OpenSSL's text of a certificate in this directory.
    private static func text(_ file: String, _ option: [String]) throws -> String {
        let result = try openssl(["x509", "-in", file, "-noout"] + option)
        try #require(result.status == 0, "\(result.output)")
        return result.output
    }

    @Test(arguments: [
        ["-verify_hostname", "localhost"], ["-verify_hostname", "a.imageswap.svc"], ["-verify_ip", "127.0.0.1"],
        ["-verify_ip", "2001:db8::1"], ["-verify_ip", "::ffff:192.0.2.1"],
    ])
    func openSSLAcceptsAServerWithANameOfTheCertificate(check: [String]) throws {
        let directory = TemporaryDirectory()
        try directory.update(names: ["localhost", "*.imageswap.svc", "127.0.0.1", "2001:db8::1", "::ffff:192.0.2.1"])
        let result = try directory.verify(check)
        #expect(result.status == 0, "\(result.output)")
    }

    @Test(arguments: [
        (["-verify_hostname", "other"], "hostname mismatch"),
        (["-verify_hostname", "a.b.imageswap.svc"], "hostname mismatch"),
        (["-verify_hostname", "ImageSwap"], "hostname mismatch"),
        (["-verify_ip", "127.0.0.2"], "IP address mismatch"),
        (["-purpose", "sslclient"], "unsuitable certificate purpose"),
    ])
    func openSSLRefusesWhatTheCertificateIsNotFor(check: [String], reason: String) throws {
        let directory = TemporaryDirectory()
        try directory.update(names: ["localhost", "*.imageswap.svc", "127.0.0.1"])
        let result = try directory.verify(check)
        #expect(result.status != 0)
        #expect(result.output.lowercased().contains(reason.lowercased()), "\(result.output)")
    }

    // RFC 5280 has the last second belong to the validity, OpenSSL has not.
    @Test(arguments: [
        (today - 301, false), (today - 300, true), (today + 90 * day - 1, true), (today + 90 * day + 1, false),
    ])
    func openSSLAcceptsItFromFiveMinutesBackUntilItsDaysAreOver(time: Int64, accepted: Bool) throws {
        let directory = TemporaryDirectory()
        try directory.update(days: 90)
        #expect(try (directory.verify([], now: time).status == 0) == accepted)
    }

    @Test func theExtensionsOfAnAuthorityAreThoseOfRFC5280() throws {
        let directory = TemporaryDirectory()
        try directory.write(Self.authority().certificate.pem, to: "ca.crt")
        let text = try Self.text("\(directory.path)/ca.crt", ["-text"])
        #expect(text.contains("Basic Constraints: critical\n                CA:TRUE, pathlen:0\n"))
        #expect(text.contains("Key Usage: critical\n                Certificate Sign, CRL Sign\n"))
        #expect(text.contains("Subject Key Identifier"))
        #expect(text.components(separatedBy: "X509v3 ").count == 5, "three extensions and their heading")
    }

    @Test func theExtensionsOfAServingCertificateAreThoseOfRFC5280() throws {
        let directory = TemporaryDirectory()
        try directory.update(names: ["localhost", "::1"])
        let text = try Self.text("\(directory.path)/tls.crt", ["-text"])
        #expect(text.contains("Basic Constraints: critical\n                CA:FALSE\n"))
        #expect(text.contains("Key Usage: critical\n                Digital Signature\n"))
        #expect(text.contains("Extended Key Usage: \n                TLS Web Server Authentication\n"))
        #expect(text.contains("Alternative Name: \n                DNS:localhost, IP Address:0:0:0:0:0:0:0:1\n"))
        #expect(text.contains("Subject Key Identifier"))
        #expect(text.contains("Authority Key Identifier"))
        #expect(text.components(separatedBy: "X509v3 ").count == 8, "six extensions and their heading")
    }

    @Test func serialNumbersHave128BitsAndDiffer() throws {
        let directory = TemporaryDirectory()
        let key = try PrivateKey.generate()
        let authority = try Self.authority()
        var serials: Set<String> = []
        for _ in 0..<8 {
            let certificate = try authority.sign(
                serving: Self.hosts(["a"]), commonName: "a", key: key, validity: Validity(days: 1, from: today))
            try directory.write(certificate.pem, to: "tls.crt")
            let serial = try Self.text("\(directory.path)/tls.crt", ["-serial"]).dropFirst("serial=".count)
            serials.insert(serial.trimmingCharacters(in: .newlines))
        }
        #expect(serials.count == 8)
        // Without a sign, and so positive.
        #expect(serials.allSatisfy { $0.count == 32 && $0.allSatisfy(\.isHexDigit) }, "\(serials)")
    }

    @Test func aCertificateTellsWhatItWasMadeWith() throws {
        let key = try PrivateKey.generate()
        let authority = try Self.authority()
        let names = try Self.hosts(["b.example", "*.a.example", "192.0.2.1", "2001:db8::1"])
        let made = try authority.sign(
            serving: names, commonName: "Größe", key: key, validity: Validity(days: 1, from: today))
        let certificate = try Certificate(pem: made.pem)
        #expect(certificate.names == names)
        #expect(certificate.subject == "CN=Gr\\C3\\B6\\C3\\9Fe")
        #expect(certificate.validity == Validity(notBefore: today - 300, notAfter: today + day))
    }

    // #expect takes no operand that cannot be copied, hence the constants.

    @Test func aCertificateFitsItsOwnKeyOnly() throws {
        let key = try PrivateKey.generate()
        let authority = try Self.authority()
        let certificate = try authority.sign(
            serving: Self.hosts(["a"]), commonName: "a", key: key, validity: Validity(days: 1, from: today))
        let (own, other) = (certificate.fits(key), certificate.fits(authority.key))
        #expect(own)
        #expect(!other)
    }

    @Test func aCertificateIsSignedByItsAuthorityOnly() throws {
        let authority = try Self.authority()
        let sameName = try Self.authority()
        let certificate = try authority.sign(
            serving: Self.hosts(["a"]), commonName: "a", key: PrivateKey.generate(),
            validity: Validity(days: 1, from: today))
        let byAuthority = certificate.isSigned(by: authority.certificate)
        let bySameName = certificate.isSigned(by: sameName.certificate)
        let byItself = certificate.isSigned(by: certificate)
        let authorityByItself = authority.certificate.isSigned(by: authority.certificate)
        #expect([byAuthority, bySameName, byItself, authorityByItself] == [true, false, false, true])
    }

    @Test func onlyAnAuthorityMaySign() throws {
        let authority = try Self.authority()
        let certificate = try authority.sign(
            serving: Self.hosts(["a"]), commonName: "a", key: PrivateKey.generate(),
            validity: Validity(days: 1, from: today))
        let may = [authority.certificate.isAuthority, certificate.isAuthority]
        #expect(may == [true, false])
    }

    @Test func noCertificateOutlivesItsAuthority() throws {
        let authority = try Self.authority(days: 10)
        let certificate = try authority.sign(
            serving: Self.hosts(["a"]), commonName: "a", key: PrivateKey.generate(),
            validity: Validity(days: 90, from: today))
        #expect(certificate.validity.notAfter == today + 10 * day)
    }

    @Test func validitiesPast2049AreWrittenAndRead() throws {
        let late: Int64 = 2_524_608_000  // 2050-01-01, from when on RFC 5280 section 4.1.2.5 wants another type
        let certificate = try Certificate(pem: Self.authority(days: 1, now: late).certificate.pem)
        #expect(certificate.validity == Validity(notBefore: late - 300, notAfter: late + day))
    }

    @Test func anAuthorityThatEndedSignsNothing() throws {
        let authority = try Self.authority(days: 1, now: today - 30 * day)
        let error = #expect(throws: CertificateError.self) {
            _ = try authority.sign(
                serving: Self.hosts(["a"]), commonName: "a", key: PrivateKey.generate(),
                validity: Validity(days: 1, from: today))
        }
        #expect(
            error?.description
                == "cannot sign a certificate: the authority CN=Test CA ended on 2026-10-27 00:00:00 UTC")
    }

    @Test func aCertificateWithoutANameIsNotSigned() throws {
        let authority = try Self.authority()
        #expect(throws: CertificateError("sign a certificate", .content("it has no name"))) {
            _ = try authority.sign(
                serving: [], commonName: "a", key: PrivateKey.generate(), validity: Validity(days: 1, from: today))
        }
    }

    @Test func aCommonNameOver64CharactersIsRefusedWithOpenSSLsReason() throws {
        let error = #expect(throws: CertificateError.self) {
            _ = try CertificateAuthority(
                selfSigned: String(repeating: "a", count: 65), key: PrivateKey.generate(),
                validity: Validity(days: 1, from: today))
        }
        #expect(error?.description == "cannot make a certificate: asn1 encoding routines: string too long: maxsize=64")
    }

    @Test func anAuthorityIsNotMadeOfAPairThatDoesNotFitOrMayNotSign() throws {
        let authority = try Self.authority()
        let key = try PrivateKey.generate()
        let serving = try authority.sign(
            serving: Self.hosts(["a"]), commonName: "a", key: key, validity: Validity(days: 1, from: today))
        #expect(throws: CertificateError("use the certificate authority", .content("CN=Test CA has another key"))) {
            _ = try CertificateAuthority(
                certificate: Certificate(pem: authority.certificate.pem), key: PrivateKey(pem: key.pem))
        }
        #expect(
            throws: CertificateError("use the certificate authority", .content("CN=a may not sign certificates"))
        ) {
            _ = try CertificateAuthority(certificate: Certificate(pem: serving.pem), key: PrivateKey(pem: key.pem))
        }
    }
}
