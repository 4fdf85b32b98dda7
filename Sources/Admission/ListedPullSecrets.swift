internal import ImageSwap

/// What stands at a pod's `/spec/imagePullSecrets`.
enum ListedPullSecrets: Sendable {
    /// Nothing, `null` or an empty list: a whole list can be put there.
    case none
    /// A list that one can append to.
    case some
    /// What no pod can have there; nothing is to take its place.
    case odd
}

extension JSONScanner {
    /// Reads the list that stands next and tells of the names in it. It was checked before, with all of its document.
    ///
    /// Entries of any other kind are passed: one can append behind them too.
    mutating func pullSecrets(
        _ json: borrowing Span<UInt8>, _ needs: inout PullSecretNeeds, _ known: PullSecrets
    ) throws(ReviewError) -> ListedPullSecrets {
        let first = try peek(json)
        guard first == UInt8(ascii: "[") else { return first == UInt8(ascii: "n") ? .none : .odd }
        try enterArray(json)
        var listed = ListedPullSecrets.none
        var plain: [UInt8] = []
        while try nextElement(json) {
            listed = .some
            guard try enterObjectOrSkip(json) else { continue }
            // Of repeated names the last counts.
            var secret: Text?
            while let text = try nextName(json) {
                if Name(text, of: json) == .name { secret = try nextString(json) } else { try skip(json) }
            }
            guard let secret else { continue }
            if secret.isEscaped {
                plain.removeAll(keepingCapacity: true)
                plain.append(secret, of: json)
                needs.has(plain.span, known)
            } else {
                needs.has(json.extracting(secret.start..<secret.end), known)
            }
        }
        return listed
    }
}
