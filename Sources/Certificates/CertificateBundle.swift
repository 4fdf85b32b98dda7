// Certificate authorities that clients have to trust: a caBundle.

/// Certificates in an order, each once: what stands in `ca.crt`, in a `caBundle`, in a Secret.
package struct CertificateBundle: Sendable, Equatable {
    /// One of them, as a value.
    package struct Entry: Sendable, Equatable {
        /// SHA-256 of its DER in lower-case hexadecimal.
        package let fingerprint: String
        package let subject: String
        package let validity: Validity
        /// Whether it may sign others.
        package let isAuthority: Bool
        package let pem: [UInt8]

        package init(_ certificate: borrowing Certificate) throws(CertificateError) {
            fingerprint = try certificate.fingerprint
            subject = certificate.subject
            validity = certificate.validity
            isAuthority = certificate.isAuthority
            pem = try certificate.pem
        }
    }

    package private(set) var entries: [Entry] = []

    package init() {}

    package init(_ entries: some Sequence<Entry>) {
        for entry in entries { append(entry) }
    }

    /// Reads certificates in PEM, one at least, with nothing between them but white space.
    package init(pem: [UInt8]) throws(CertificateError) {
        for block in try PEM.blocks(pem, action: "read the CA bundle") {
            guard block.label == "CERTIFICATE" else {
                throw CertificateError("read the CA bundle", .content("holds a \"\(block.label)\""))
            }
            append(try Entry(Certificate(block)))
        }
    }

    /// What can be read of a text that others wrote: text between the blocks, and blocks that are no certificates, are
    /// left out.
    package init(lenient pem: [UInt8]) {
        let (begin, end) = (Array("-----BEGIN CERTIFICATE-----".utf8), Array("-----END CERTIFICATE-----".utf8))
        var rest = pem[...]
        while let start = rest.firstRange(of: begin) {
            let after = rest[start.upperBound...]
            guard let stop = after.firstRange(of: end) else { return }
            let block = Array(rest[start.lowerBound..<stop.upperBound]) + [UInt8(ascii: "\n")]
            if let certificate = try? Certificate(pem: block), let entry = try? Entry(certificate) { append(entry) }
            rest = rest[stop.upperBound...]
        }
    }

    /// Adds one that is not there yet at the end.
    package mutating func append(_ entry: Entry) {
        if !contains(entry.fingerprint) { entries.append(entry) }
    }

    /// This one with what the other has beside, after its own.
    package func union(_ other: CertificateBundle) -> CertificateBundle {
        CertificateBundle(entries + other.entries)
    }

    package func filter(_ isIncluded: (Entry) -> Bool) -> CertificateBundle {
        CertificateBundle(entries.filter(isIncluded))
    }

    package func contains(_ fingerprint: String) -> Bool {
        entries.contains { $0.fingerprint == fingerprint }
    }

    package var isEmpty: Bool { entries.isEmpty }

    package var pem: [UInt8] { entries.flatMap(\.pem) }
}
