// When a certificate that is there is not good enough, and why.

/// Why a certificate is made anew.
package enum RenewalReason: Equatable, Sendable {
    case missing
    case otherKey
    case noAuthority
    case wrongSignature
    case authorityRenewed
    case lacks(HostName)
    /// Seconds since 1970.
    case notBefore(Int64)
    /// Seconds since 1970: no more than a third of its life is left, or none.
    case notAfter(Int64)
}

extension RenewalReason: CustomStringConvertible {
    /// The reason as it follows "made anew:".
    package var description: String {
        switch self {
        case .missing: "there was none"
        case .otherKey: "the old one has another key"
        case .noAuthority: "the old one may not sign certificates"
        case .wrongSignature: "the old one is not signed by this authority"
        case .authorityRenewed: "its authority is new"
        case .lacks(let name): "the old one lacks \(name)"
        case .notBefore(let start): "the old one is good only from \(utcText(start))"
        case .notAfter(let end): "the old one is good only until \(utcText(end))"
        }
    }
}

extension Certificate {
    /// Why this is not, or not much longer, a certificate authority that signed itself with `key`; nil if it is.
    package borrowing func reasonToRenew(authorityWith key: borrowing PrivateKey, at now: Int64) -> RenewalReason? {
        if !isAuthority { return .noAuthority }
        if !fits(key) { return .otherKey }
        if !isSigned(by: self) { return .wrongSignature }
        return reasonToRenew(at: now)
    }

    /// Why this is not, or not much longer, good for a server with these names and this key; nil if it is.
    ///
    /// A name is covered by the same name only, not by a wildcard.
    package borrowing func reasonToRenew(
        serving names: [HostName], key: borrowing PrivateKey, authority: borrowing Certificate, at now: Int64
    ) -> RenewalReason? {
        if !fits(key) { return .otherKey }
        if !isSigned(by: authority) { return .wrongSignature }
        for name in names where !self.names.contains(name) { return .lacks(name) }
        return reasonToRenew(at: now)
    }

    private borrowing func reasonToRenew(at now: Int64) -> RenewalReason? {
        if now < validity.notBefore { return .notBefore(validity.notBefore) }
        return validity.isNearEnd(at: now) ? .notAfter(validity.notAfter) : nil
    }
}
