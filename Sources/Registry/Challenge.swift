/// How a registry wants to be authenticated to: `WWW-Authenticate`, RFC 9110, section 11.6.1, and the token
/// authentication of distribution (https://distribution.github.io/distribution/spec/auth/token/).
package enum Challenge: Equatable, Sendable {
    case basic
    /// - realm: Where tokens come from.
    case bearer(realm: WebAddress, service: String?)

    /// The first challenge that is understood, a token before a password. Nil for none.
    package init?(_ answer: HTTPAnswer) {
        let found = answer.headers.filter { $0.name == "www-authenticate" }.flatMap { Self.challenges(in: $0.value) }
        if let bearer = found.first(where: { $0.scheme == "bearer" }), let realm = bearer.parameters["realm"],
            let address = WebAddress(realm)
        {
            self = .bearer(realm: address, service: bearer.parameters["service"])
        } else if found.contains(where: { $0.scheme == "basic" }) {
            self = .basic
        } else {
            return nil
        }
    }

    private struct Item {
        var scheme: String
        var parameters: [String: String] = [:]
    }

    /// challenge = scheme [ 1*SP #( token "=" ( token / quoted-string ) ) ], separated by commas as its parameters are.
    private static func challenges(in text: String) -> [Item] {
        var items: [Item] = []
        var rest = Array(text.utf8)[...]
        func skip(_ bytes: [UInt8]) { rest = rest.drop { bytes.contains($0) } }
        func token() -> String {
            let token = rest.prefix { isTokenCharacter($0) }
            rest = rest[token.endIndex...]
            return String(decoding: token, as: UTF8.self)
        }
        while true {
            skip([UInt8(ascii: ","), UInt8(ascii: " "), UInt8(ascii: "\t")])
            let name = token()
            guard !name.isEmpty else { return items }
            skip([UInt8(ascii: " "), UInt8(ascii: "\t")])
            guard rest.first == UInt8(ascii: "=") else {
                items.append(Item(scheme: name.lowercased()))
                continue
            }
            rest = rest.dropFirst()
            skip([UInt8(ascii: " "), UInt8(ascii: "\t")])
            let value: String
            if rest.first == UInt8(ascii: "\"") {
                guard let quoted = quotedString(&rest) else { return items }
                value = quoted
            } else {
                value = token()
            }
            guard !items.isEmpty else { return items }
            // The first one of a name counts.
            items[items.count - 1].parameters[name.lowercased()] =
                items[items.count - 1].parameters[name.lowercased()] ?? value
        }
    }

    /// Nil where it does not end.
    private static func quotedString(_ rest: inout ArraySlice<UInt8>) -> String? {
        var value: [UInt8] = []
        rest = rest.dropFirst()
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: value, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped)
            default: value.append(byte)
            }
        }
        return nil
    }

    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        byte > 0x20 && byte < 0x7f && !#"(),/:;<=>?@[\]{}""#.utf8.contains(byte)
    }
}
