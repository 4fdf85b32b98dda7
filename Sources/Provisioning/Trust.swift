// Since when clients have been told of which authorities, as this process saw it.

package import Certificates

/// What the webhook configuration has, and since when without a gap.
package struct Trust: Sendable {
    private var since: [String: Int64] = [:]
    package private(set) var configured: CertificateBundle?

    /// The configuration was read or written.
    package mutating func observe(_ bundle: CertificateBundle, at now: Int64) {
        configured = bundle
        var seen: [String: Int64] = [:]
        for entry in bundle.entries { seen[entry.fingerprint] = min(since[entry.fingerprint] ?? now, now) }
        since = seen
    }

    /// What all clients know by now: what has been there for so many seconds.
    package func settled(for overlap: Int64, at now: Int64) -> CertificateBundle {
        (configured ?? CertificateBundle()).filter { entry in
            since[entry.fingerprint].map { $0 <= now - overlap } ?? false
        }
    }
}
