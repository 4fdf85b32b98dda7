private import FoundationEssentials

/// A token server's answer.
struct AccessToken: Equatable, Sendable {
    let text: String
    /// How long it may be used.
    let lifetime: Duration

    /// Bytes of a token at most.
    private static let longest = 16 << 10
    /// Where the server does not tell: the specification's.
    private static let standardLifetime: Int64 = 60
    private static let longestLifetime: Int64 = 3600
    /// A token is given up so long before its end, that none ends on its way.
    private static let margin: Int64 = 10

    /// Nil for anything but JSON with a token that a header can carry.
    init?(_ body: [UInt8]) {
        struct Body: Decodable {
            var token: String?
            var access_token: String?
            var expires_in: Int64?
        }
        guard let body = try? JSONDecoder().decode(Body.self, from: Data(body)),
            let text = [body.token, body.access_token].compactMap({ $0 }).first(where: { !$0.isEmpty }),
            text.utf8.count <= Self.longest, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
        else { return nil }
        self.text = text
        let seconds = min(max(body.expires_in ?? Self.standardLifetime, 0), Self.longestLifetime)
        // One that lives shorter than the margin still serves the question that it was asked for.
        lifetime = .seconds(max(seconds - Self.margin, seconds / 2))
    }
}
