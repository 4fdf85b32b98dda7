// What the Secret of the CA remembers about its certificates, beside the certificates themselves.

import FoundationEssentials

/// How far each certificate of the CA is in its life. All replicas share it: `state.json` in the Secret.
///
/// Certificates are named by their fingerprint, times are seconds since 1970.
struct AuthorityRecord: Codable, Equatable, Sendable {
    /// One that signs, or is going to.
    struct Member: Codable, Equatable, Sendable {
        let fingerprint: String
        /// Since when the webhook configuration has it; nil: nobody has seen it there yet.
        var published: Int64?
        /// What it signed ends at this time at the latest.
        var signedUntil: Int64
    }

    /// One that signs no more.
    struct Former: Codable, Equatable, Sendable {
        let fingerprint: String
        /// How long clients have to trust it: what it signed ends at this time at the latest.
        let signedUntil: Int64
        /// Its own end; until then it is remembered, so that nobody takes it for one of someone else.
        let notAfter: Int64
    }

    /// The form of this record.
    static let currentVersion = 1

    private(set) var version = currentVersion
    var signer: Member
    /// The signer to be, while a change is under way.
    var next: Member?
    var former: [Former] = []

    init(signer: Member) {
        self.signer = signer
    }

    /// Nil where the bytes are no such record, or one of another version.
    init?(json: Data?) {
        guard let json, let record = try? JSONDecoder().decode(Self.self, from: json),
            record.version == Self.currentVersion
        else { return nil }
        self = record
    }

    var json: Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        // Strings and whole numbers only: nothing that JSON has no form for.
        return (try? encoder.encode(self)) ?? Data()
    }
}
