// What keys and certificates are read from, and what is refused.

import Certificates
import Testing

@Suite struct PEMTests {
    /// Texts made from a good PEM text, and why each is refused.
    struct Spoiled: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let cause: String
        let spoil: @Sendable (String) -> String

        init(_ description: String, _ cause: String, _ spoil: @escaping @Sendable (String) -> String) {
            testDescription = description
            self.cause = cause
            self.spoil = spoil
        }
    }

    static let spoiled: [Spoiled] = [
        Spoiled("empty", "no PEM: does not begin with -----BEGIN") { _ in "" },
        Spoiled("text", "no PEM: does not begin with -----BEGIN") { _ in "hello\n" },
        Spoiled("text before", "no PEM: does not begin with -----BEGIN") { "hello\n" + $0 },
        Spoiled("a newline before", "no PEM: does not begin with -----BEGIN") { "\n" + $0 },
        Spoiled("text after", "has more after its -----END line, from byte") { $0 + "hello\n" },
        Spoiled("a NUL after", "has more after its -----END line, from byte") { $0 + "\u{0}" },
        Spoiled("the same again after", "holds 2 blocks, not one") { $0 + $0 },
        Spoiled("cut in half", "PEM routines") { String($0.prefix($0.utf8.count / 2)) },
        Spoiled("begin line only", "PEM routines") { _ in "-----BEGIN " },
        Spoiled("no base64", "PEM routines") { text in
            text.split(separator: "\n").enumerated().map { $0 == 1 ? "!!!!" : $1 }.joined(separator: "\n") + "\n"
        },
        Spoiled("another kind of block", "holds \"PUBLIC KEY\", not") { _ in
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"
        },
        Spoiled("header lines", "has header lines, as an encrypted key has") {
            $0.replacing("KEY-----\nM", with: "KEY-----\nProc-Type: 4,ENCRYPTED\n\nM", maxReplacements: 1)
                .replacing("CATE-----\nM", with: "CATE-----\nProc-Type: 4,ENCRYPTED\n\nM", maxReplacements: 1)
        },
        Spoiled("a DER value that is none", "asn1 encoding routines") { text in
            let lines = text.split(separator: "\n")
            return "\(lines[0])\nAAAA\n\(lines[lines.count - 1])\n"
        },
    ]

    static func authority() throws -> CertificateAuthority {
        try CertificateAuthority(
            selfSigned: "Test CA", key: PrivateKey.generate(), validity: Validity(days: 1, from: today))
    }

    @Test func aKeyAndACertificateReadAsTheyWereWritten() throws {
        let authority = try Self.authority()
        let key = try authority.key.pem
        let certificate = try authority.certificate.pem
        #expect(try PrivateKey(pem: key).pem == key)
        #expect(try Certificate(pem: certificate).pem == certificate)
        #expect(try Certificate(pem: certificate).fits(PrivateKey(pem: key)))
    }

    @Test func whiteSpaceMayFollow() throws {
        let authority = try Self.authority()
        let key = try PrivateKey(pem: authority.key.pem + Array("\r\n \t\n".utf8))
        #expect(try Certificate(pem: authority.certificate.pem + Array("\n\n".utf8)).fits(key))
    }

    @Test(arguments: spoiled)
    func aSpoiledKeyIsRefused(row: Spoiled) throws {
        let good = String(decoding: try PrivateKey.generate().pem, as: UTF8.self)
        let error = #expect(throws: CertificateError.self) { _ = try PrivateKey(pem: Array(row.spoil(good).utf8)) }
        #expect(error?.description.hasPrefix("cannot read the private key: ") == true)
        #expect(error?.description.contains(row.cause) == true, "\(error as Any)")
    }

    @Test(arguments: spoiled)
    func aSpoiledCertificateIsRefused(row: Spoiled) throws {
        let good = String(decoding: try Self.authority().certificate.pem, as: UTF8.self)
        let error = #expect(throws: CertificateError.self) { _ = try Certificate(pem: Array(row.spoil(good).utf8)) }
        #expect(error?.description.hasPrefix("cannot read the certificate: ") == true)
        #expect(error?.description.contains(row.cause) == true, "\(error as Any)")
    }

    @Test func anEncryptedKeyIsRefusedAndNoPasswordAskedFor() throws {
        let encrypted = try openssl([
            "genpkey", "-quiet", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-aes128", "-pass",
            "pass:secret",
        ])
        try #require(encrypted.status == 0, "\(encrypted.output)")
        let error = #expect(throws: CertificateError.self) { _ = try PrivateKey(pem: Array(encrypted.output.utf8)) }
        #expect(error?.description.contains("holds \"ENCRYPTED PRIVATE KEY\", not \"PRIVATE KEY\"") == true)
    }

    @Test(arguments: ["RSA", "ED25519"])
    func keysOfOtherKindsCanBeRead(algorithm: String) throws {
        let made = try openssl(["genpkey", "-quiet", "-algorithm", algorithm])
        try #require(made.status == 0, "\(made.output)")
        #expect(try PrivateKey(pem: Array(made.output.utf8)).pem == Array(made.output.utf8))
    }
}
