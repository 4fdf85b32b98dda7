// The names that a serving certificate is for: DNS names and IP addresses.

private import Glibc

/// A DNS name or an IP address that a server is reached by. Equal names have equal texts.
package struct HostName: Hashable, Sendable {
    package enum Kind: Sendable {
        case dns
        case address
    }

    package let kind: Kind
    /// A DNS name in lower case, or an address as inet_ntop(3) writes it.
    package let text: String

    /// Why a text names no host.
    package struct Invalid: Error, Equatable, Sendable, CustomStringConvertible {
        package let text: String
        package let reason: String

        /// The text quoted, with what cannot be printed escaped.
        package var description: String {
            "\(String(reflecting: text)) is neither a DNS name nor an IP address: \(reason)"
        }
    }

    /// The longest DNS name in characters: RFC 1035 section 2.3.4 has 255 bytes with the length bytes of the first
    /// label and of the root.
    private static let longestName = 253
    /// The longest label in characters: RFC 1035 section 2.3.4.
    private static let longestLabel = 63

    /// Takes an IPv4 address with dots, an IPv6 address, or a DNS name:
    ///
    ///     name  = ( label | "*" "." label ) *( "." label )      at most 253 characters
    ///     label = alnum [ *( alnum | "-" ) alnum ]              at most 63 characters: RFC 1123 section 2.1
    ///
    /// The last label is not all digits, or the name could be taken for an address. No dot ends the name.
    package init(_ text: String) throws(Invalid) {
        if let address = Self.canonicalAddress(text) {
            self.init(kind: .address, text: address)
            return
        }
        if let reason = Self.flaw(in: text) { throw Invalid(text: text, reason: reason) }
        self.init(kind: .dns, text: text.lowercased())
    }

    /// The address in four bytes for IPv4 or sixteen for IPv6, in network order, as RFC 5280 section 4.2.1.6 has it;
    /// nil if there is another number of bytes.
    package init?(address: [UInt8]) {
        guard let text = Self.text(address) else { return nil }
        self.init(kind: .address, text: text)
    }

    private init(kind: Kind, text: String) {
        self.kind = kind
        self.text = text
    }

    /// The one way to write the address that inet_pton(3) reads in `text`; nil if it reads none.
    private static func canonicalAddress(_ text: String) -> String? {
        // A C string ends at its first NUL, a Swift string need not.
        guard !text.utf8.contains(0) else { return nil }
        for (family, count) in [(AF_INET, 4), (AF_INET6, 16)] {
            var bytes = [UInt8](repeating: 0, count: count)
            if unsafe inet_pton(family, text, &bytes) == 1 { return self.text(bytes) }
        }
        return nil
    }

    private static func text(_ address: [UInt8]) -> String? {
        guard address.count == 4 || address.count == 16 else { return nil }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let family = address.count == 4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, address, &text, socklen_t(text.count)) != nil else { return nil }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Why `text` is no DNS name; nil if it is one.
    private static func flaw(in text: String) -> String? {
        if text.isEmpty { return "it is empty" }
        if text.utf8.count > longestName { return "it is longer than \(longestName) characters" }
        var labels = text.split(separator: ".", omittingEmptySubsequences: false)
        if labels[0] == "*" {
            labels.removeFirst()
            if labels.isEmpty { return "a wildcard needs a name after it" }
        }
        for label in labels {
            if label.isEmpty { return "a label is empty" }
            if label.utf8.count > longestLabel { return "a label is longer than \(longestLabel) characters" }
            if label.contains("*") { return "a wildcard stands only for the whole leftmost label" }
            if !label.utf8.allSatisfy({ isAlphanumeric($0) || $0 == UInt8(ascii: "-") }) {
                return "a label has other characters than letters, digits and hyphens"
            }
            if label.hasPrefix("-") || label.hasSuffix("-") { return "a label begins or ends with a hyphen" }
        }
        if labels.last?.utf8.allSatisfy(isDigit) == true { return "its last label is a number" }
        return nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}

extension HostName: CustomStringConvertible {
    package var description: String { text }
}

extension HostName {
    /// The name as x509v3_config(5) takes it. A HostName has no comma and nothing else that has a meaning there.
    var openSSLText: String {
        switch kind {
        case .dns: "DNS:\(text)"
        case .address: "IP:\(text)"
        }
    }
}
