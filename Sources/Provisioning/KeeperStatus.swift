// What imageswap-init says about itself in files: for people, for probes, for Prometheus.

import Certificates
import FoundationEssentials
import Posix

/// The content of `status.json`. Times are RFC 3339 in UTC.
package struct KeeperStatus: Codable, Sendable, Equatable {
    package var source: String
    package var subject: String?
    package var issuer: String?
    package var serial: String?
    package var names: [String]?
    package var not_after: String?
    /// The end of the authority that signed it.
    package var ca_not_after: String?
    /// Where the source stands: "steady".
    package var step: String?
    /// Whether the webhook configuration has an authority that vouches for the pair; nil: it is not looked at.
    package var registered: Bool?
    package var last_error: String?
    package var updated: String?
    /// When the next look is due at the latest; nil: nobody stays to look again.
    package var next_look: String?

    package init(source: String) {
        self.source = source
    }

    /// Throws what JSONDecoder does.
    package init(json: [UInt8]) throws {
        self = try JSONDecoder().decode(Self.self, from: Data(json))
    }

    package var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        // Strings and truth values only: nothing that JSON has no form for.
        return Array((try? encoder.encode(self)) ?? Data()) + [UInt8(ascii: "\n")]
    }
}

/// A time as RFC 3339 has it, to the second.
func timestamp(_ secondsSince1970: Int64) -> String {
    let text = utcText(secondsSince1970)
    return text.dropLast(4).replacing(" ", with: "T") + "Z"
}

/// Seconds since 1970 of a time as RFC 3339 has it; nil for any other text.
func secondsSince1970(_ timestamp: String) -> Int64? {
    (try? Date(timestamp, strategy: .iso8601)).flatMap { Int64(exactly: $0.timeIntervalSince1970.rounded(.down)) }
}
