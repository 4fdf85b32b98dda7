// The renewal of a CA: which step is due.

package import Certificates

/// How a CA is renewed.
///
///     steady ─ a third of the signer's life is left ─▶ announced: the next one is in the Secret and in the bundle
///     announced ─ the webhook configuration has it ─▶ published
///     published ─ the overlap is over ─▶ the next one signs, every pod renews; the old one stays in the bundle
///     steady ─ all that the old one signed has ended ─▶ it leaves the bundle
///
/// Each step is one write of the Secret, which any replica makes, whoever made the one before.
package struct AuthorityPlan: Sendable {
    package enum Step: String, Equatable, Sendable {
        /// The signer has ended: nothing that it signed is good any more, so there is nothing to wait for.
        case replaceSigner = "the CA has ended: another one signs at once"
        case begin = "a third of the CA's life is left: the next one is announced"
        case notePublished = "the webhook configuration has the CA"
        case promote = "the next CA signs from here on"
        case tidy = "a former CA is not needed any more"
    }

    /// Seconds that the next one stands in the webhook configuration before it signs.
    package let overlap: Int64

    package init(overlap: Int64) {
        self.overlap = overlap
    }

    /// The step that is due; nil: none.
    ///
    /// `configured` is what the webhook configuration has; nil if that is not known.
    package func step(of state: AuthorityState, configured: CertificateBundle?, at now: Int64) -> Step? {
        if now >= state.signer.entry.validity.notAfter { return state.next == nil ? .replaceSigner : .promote }
        if state.next == nil, state.signer.entry.validity.isNearEnd(at: now) { return .begin }
        func changes(_ step: (inout AuthorityState) -> Void) -> Bool {
            var stepped = state
            step(&stepped)
            return stepped != state
        }
        if let configured, changes({ $0.note(published: configured, at: now) }) { return .notePublished }
        if let published = state.record.next?.published, published <= now - overlap { return .promote }
        return changes { $0.tidy(at: now) } ? .tidy : nil
    }

    /// Takes all steps that are due, and answers which. `newPair` makes a certificate with its key.
    package func advance<Failure>(
        _ state: inout AuthorityState, configured: CertificateBundle?, at now: Int64,
        newPair: () throws(Failure) -> SigningPair
    ) throws(Failure) -> [Step] {
        var taken: [Step] = []
        while let step = step(of: state, configured: configured, at: now) {
            switch step {
            case .replaceSigner: state.replaceSigner(by: try newPair())
            case .begin: state.begin(next: try newPair())
            case .notePublished: state.note(published: configured ?? CertificateBundle(), at: now)
            case .promote: state.promote()
            case .tidy: state.tidy(at: now)
            }
            taken.append(step)
        }
        return taken
    }
}
