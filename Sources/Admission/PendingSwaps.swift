package import ImageSwap

/// Images whose targets must be there: what each may become, in order of preference, and what is asked for that.
///
/// Empty for reviews without such images, which pay nothing for it.
package struct PendingSwaps: Sendable {
    /// What an image becomes by one of its rule's targets.
    private struct Candidate {
        let swap: Swap
        let result: [UInt8]
        let demand: VerifiedPlaces.Demand
        /// Its index among the questions; nil where nothing is asked.
        let question: Int?

        /// The new image, with this digest where its place asks for one and it has none.
        func pinned(to digest: [UInt8]) -> [UInt8] {
            guard demand == .digest, !result.contains(UInt8(ascii: "@")) else { return result }
            return result + CollectionOfOne(UInt8(ascii: "@")) + digest
        }
    }

    /// An image that waits, by its index in the reviewer's list.
    private struct Pending {
        let image: Int
        let candidates: [Candidate]
    }

    package private(set) var questions = ImageQuestions()
    private var pending: [Pending] = []
    private var name: [UInt8] = []

    package init() {}

    var isEmpty: Bool { pending.isEmpty }

    /// Takes an image if what it becomes must be there first.
    ///
    /// - Parameters:
    ///   - image: Its index in the reviewer's list.
    ///   - first: What it becomes by the first target, with the result in `buffers`, which this overwrites.
    package mutating func take(
        _ image: Int, _ text: borrowing Span<UInt8>, _ first: Swap, _ policy: SwapPolicy, _ places: VerifiedPlaces,
        _ buffers: inout SwapBuffers
    ) -> Bool {
        guard first.targets > 0, first.decision != .invalidResult else { return false }
        var candidates: [Candidate] = []
        var swap = first
        while true {
            // An image that stays as it is needs nobody's word.
            let demand = swap.isChanged ? places.demand(on: buffers.result.span, &name) : .nothing
            if demand == .nothing, candidates.isEmpty { return false }
            candidates.append(
                Candidate(
                    swap: swap, result: swap.isChanged ? buffers.result : [], demand: demand,
                    question: demand == .presence || demand == .digest ? questions.add(name) : nil))
            // What needs no word is taken, so those behind it never are.
            guard demand != .nothing, swap.target + 1 < swap.targets else { break }
            swap = policy.swap(text, &buffers, from: swap.target + 1)
            if swap.decision == .invalidResult { break }
        }
        pending.append(Pending(image: image, candidates: candidates))
        return true
    }

    /// What is asked for an image that waits: indexes of questions.
    package func questions(of image: Int) -> [Int] {
        pending.last { $0.image == image }?.candidates.compactMap(\.question) ?? []
    }

    mutating func removeAll() {
        guard !pending.isEmpty else { return }
        questions.removeAll()
        pending.removeAll(keepingCapacity: true)
    }

    /// Decides about each image that waits; then none does.
    ///
    /// - Parameters:
    ///   - presence: The answers, by question; what is missing is unknown.
    ///   - keepsUnknown: An image stays where no target is known to have it; else it goes to the first that may.
    ///   - decided: Is given the image's index, what becomes of it, and its new text where it changes.
    package mutating func settle(
        _ presence: [Presence], keepsUnknown: Bool, _ decided: (_ image: Int, Swap, _ result: [UInt8]) -> Void
    ) {
        defer { removeAll() }
        for pending in pending {
            var uncertain: Candidate?
            var certain: (swap: Swap, result: [UInt8])?
            for candidate in pending.candidates {
                switch Self.presence(of: candidate, presence) {
                case .present(let digest): certain = (candidate.swap, candidate.pinned(to: digest))
                case .unknown: uncertain = uncertain ?? candidate
                case .absent: break
                }
                if certain != nil { break }
            }
            if let certain {
                decided(pending.image, certain.swap, certain.result)
            } else if let uncertain, !keepsUnknown {
                decided(pending.image, uncertain.swap, uncertain.result)
            } else {
                let decision = uncertain == nil ? Decision.notMirrored : .notVerified
                let rule = pending.candidates.first?.swap.rule
                decided(pending.image, Swap(decision: decision, rule: rule, isChanged: false), [])
            }
        }
    }

    /// Whether a candidate is there: with a digest that makes a valid image of it, if its place asks for that.
    private static func presence(of candidate: Candidate, _ presence: [Presence]) -> Presence {
        guard let question = candidate.question else {
            return candidate.demand == .nothing ? .present(digest: []) : .unknown
        }
        guard question < presence.count else { return .unknown }
        if candidate.demand == .digest, case .present(let digest) = presence[question],
            (try? ImageReference(candidate.pinned(to: digest).span))?.digest.isEmpty != false
        {
            return .unknown
        }
        return presence[question]
    }
}
