// What the Secret of the CA remembers about its certificates, beside the certificates themselves.

package import FoundationEssentials

/// How far each certificate of the CA is in its life. All replicas share it: `state.json` in the Secret.
///
/// Certificates are named by their fingerprint, times are seconds since 1970.
package struct AuthorityRecord: Codable, Equatable, Sendable {
    /// One that signs, or is going to.
    package struct Member: Codable, Equatable, Sendable {
        package let fingerprint: String
        /// Since when the webhook configuration has it; nil: nobody has seen it there yet.
        package var published: Int64?
        /// What it signed ends at this time at the latest.
        package var signedUntil: Int64
    }

    /// One that signs no more.
    package struct Former: Codable, Equatable, Sendable {
        package let fingerprint: String
        /// How long clients have to trust it: what it signed ends at this time at the latest.
        package let signedUntil: Int64
        /// Its own end; until then it is remembered, so that nobody takes it for one of someone else.
        package let notAfter: Int64
    }

    /// The form of this record.
    package static let currentVersion = 1

    package private(set) var version = currentVersion
    package var signer: Member
    /// The signer to be, while a change is under way.
    package var next: Member?
    package var former: [Former] = []

    package init(signer: Member) {
        self.signer = signer
    }

    /// Nil where the bytes are no such record, or one of another version.
    package init?(json: Data?) {
        guard let json, let record = try? JSONDecoder().decode(Self.self, from: json),
            record.version == Self.currentVersion
        else { return nil }
        self = record
    }

    package var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings and whole numbers only: nothing that JSON has no form for.
        return (try? encoder.encode(self)) ?? Data()
    }
}
