// Which texts name a host that a certificate can be for.

import Certificates
import Testing

@Suite struct HostNameTests {
    struct Accepted: Sendable {
        let text: String
        let kind: HostName.Kind
        let written: String

        init(_ text: String, _ kind: HostName.Kind = .dns, as written: String? = nil) {
            self.text = text
            self.kind = kind
            self.written = written ?? text
        }
    }

    static let label63 = String(repeating: "a", count: 63)
    static let name253 = [label63, label63, label63, String(repeating: "a", count: 61)].joined(separator: ".")

    static let accepted: [Accepted] = [
        Accepted("localhost"),
        Accepted("imageswap.imageswap.svc"),
        Accepted("A.Example.ORG", as: "a.example.org"),
        Accepted("a"),
        Accepted("1a"),
        Accepted("3com.example"),
        Accepted("127.0.0.1.example"),
        Accepted("a--b.example"),
        Accepted("xn--bcher-kva.example"),
        Accepted("*.example.org"),
        Accepted("*.local"),
        Accepted(label63),
        Accepted(name253),
        Accepted("127.0.0.1", .address),
        Accepted("255.255.255.255", .address),
        Accepted("::1", .address),
        Accepted("::", .address),
        Accepted("2001:DB8:0:0::1", .address, as: "2001:db8::1"),
        Accepted("::ffff:192.0.2.1", .address),
    ]

    @Test(arguments: accepted)
    func aNameIsTaken(row: Accepted) throws {
        let name = try HostName(row.text)
        #expect(name.kind == row.kind)
        #expect(name.text == row.written)
        #expect(try HostName(name.text) == name)
    }

    static let refused: [(text: String, reason: String)] = [
        ("", "it is empty"),
        (".", "a label is empty"),
        ("a..b", "a label is empty"),
        (".a", "a label is empty"),
        ("localhost.", "a label is empty"),
        ("-a.example", "a label begins or ends with a hyphen"),
        ("a-.example", "a label begins or ends with a hyphen"),
        ("a_b", "a label has other characters than letters, digits and hyphens"),
        ("a b", "a label has other characters than letters, digits and hyphens"),
        ("bücher.example", "a label has other characters than letters, digits and hyphens"),
        ("a\u{0}.example", "a label has other characters than letters, digits and hyphens"),
        ("127.0.0.1\u{0}", "a label has other characters than letters, digits and hyphens"),
        ("a,DNS:b", "a label has other characters than letters, digits and hyphens"),
        ("https://localhost", "a label has other characters than letters, digits and hyphens"),
        ("localhost:8443", "a label has other characters than letters, digits and hyphens"),
        ("[::1]", "a label has other characters than letters, digits and hyphens"),
        ("fe80::1%eth0", "a label has other characters than letters, digits and hyphens"),
        ("*", "a wildcard needs a name after it"),
        ("a.*.example", "a wildcard stands only for the whole leftmost label"),
        ("w*.example", "a wildcard stands only for the whole leftmost label"),
        ("127.0.0", "its last label is a number"),
        ("256.0.0.1", "its last label is a number"),
        (label63 + "a", "a label is longer than 63 characters"),
        (name253 + "a", "it is longer than 253 characters"),
    ]

    @Test(arguments: refused)
    func aTextThatNamesNoHostIsRefused(text: String, reason: String) {
        let error = #expect(throws: HostName.Invalid.self) { try HostName(text) }
        #expect(error?.text == text)
        #expect(error?.reason == reason)
    }

    @Test(arguments: [[], [1], [1, 2, 3, 4, 5], Array(repeating: 0, count: 17)] as [[UInt8]])
    func otherCountsOfBytesAreNoAddress(bytes: [UInt8]) {
        #expect(HostName(address: bytes) == nil)
    }
}
