package import ImageSwap

/// Answers reviews: bytes of an AdmissionReview in, bytes of the answer out.
///
/// One serves one thread. Its buffers are kept from review to review, so that an unchanged one costs no allocation
/// for each image.
package struct Reviewer: Sendable {
    /// What became of a review.
    package enum Outcome: Int, CaseIterable, Sendable {
        case patched
        case unchanged
        /// By its label, or since it is a mirror pod.
        case optedOut
        /// Nothing in it can be swapped: a deletion, or a kind without a pod spec.
        case notApplicable
        /// In trial mode: it was not patched, and would have been.
        case wouldPatch

        package var name: String {
            switch self {
            case .patched: "patched"
            case .unchanged: "unchanged"
            case .optedOut: "opted_out"
            case .notApplicable: "not_applicable"
            case .wouldPatch: "would_patch"
            }
        }
    }

    /// How reviews are answered, whatever the rules.
    package struct Options: Equatable, Sendable {
        /// The label that keeps an object from being swapped, with the value `disabled`, or only tells what would be
        /// swapped, with `audit`.
        package var label = "k8s.twr.io/imageswap"
        /// The label says nothing.
        package var ignoresLabels = false
        /// Nothing is patched; what would be is told.
        package var isTrial = false
        /// Clients are warned of each swap.
        package var warns = false
        /// Where it is not known in time whether a target has an image, the image stays; else it goes to the first target
        /// that may have it.
        package var keepsUnknown = false

        package init() {}
    }

    /// An image that was looked at.
    package struct Image: Sendable {
        package let field: ImageField
        package let swap: Swap
        /// The new image in `results`; empty where it stays.
        package let result: Range<Int>
    }

    /// The last review.
    package private(set) var review: Review
    /// Its images, in the order of the patch.
    package private(set) var images: [Image] = []
    package private(set) var results: [UInt8] = []
    /// Names of Secrets that the pod is given, in the order of the patch.
    package private(set) var pullSecrets: [[UInt8]] = []
    /// The answer to the last review: an AdmissionReview, as JSON.
    package private(set) var answer: [UInt8] = []
    /// The patch of the last answer (RFC 6902); empty where it has none.
    package private(set) var patch: [UInt8] = []
    private var pending = PendingSwaps()
    /// What becomes of the review if no image changes; nil until its images were decided about.
    private var scope: Outcome?
    private var needs = PullSecretNeeds()
    private var listedPullSecrets = ListedPullSecrets.none
    private var buffers = SwapBuffers()
    private var notes = ChangeNotes()
    private let options: Options
    private let base64Alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// - Parameter disableLabel: the label that keeps an object from being swapped, with the value `disabled`.
    package init(disableLabel: String) {
        var options = Options()
        options.label = disableLabel
        self.init(options)
    }

    package init(_ options: Options) {
        self.options = options
        review = Review(disableLabel: options.label)
    }

    /// Answers a body; `answer` holds the result. After an error there is none.
    package mutating func review(
        _ body: borrowing Span<UInt8>, under policy: SwapPolicy
    ) throws(ReviewError) -> Outcome {
        try read(body)
        return try answer(body, under: policy)
    }

    /// The first step of it, after which `review` tells whose rules are needed.
    package mutating func read(_ body: borrowing Span<UInt8>) throws(ReviewError) {
        reset()
        try review.decode(body)
    }

    /// The second step: what becomes of the images, as far as the rules say. `questions` are what is left.
    package mutating func decide(under policy: SwapPolicy) {
        scope = swapImages(policy)
    }

    /// What registries are to be asked before the review is answered.
    package var questions: ImageQuestions { pending.questions }

    /// The third step, where there are questions; without it nothing is known.
    ///
    /// - Parameter presence: The answers, by the question's index; what is missing is unknown.
    package mutating func settle(_ presence: [Presence]) {
        guard !pending.isEmpty else { return }
        pending.settle(presence, keepsUnknown: options.keepsUnknown) { index, swap, result in
            let start = results.count
            results.append(contentsOf: result)
            images[index] = Image(field: images[index].field, swap: swap, result: start..<results.count)
        }
    }

    /// The last step, for the body that was read; what was left out of the others is made up for.
    ///
    /// - Parameter ruleSet: What names the policy in the audit log: ASCII; empty where nothing does.
    package mutating func answer(
        _ body: borrowing Span<UInt8>, under policy: SwapPolicy, ruleSet: [UInt8] = []
    ) throws(ReviewError) -> Outcome {
        if scope == nil { decide(under: policy) }
        settle([])
        var outcome = results.isEmpty ? scope ?? .notApplicable : .patched
        if let known = policy.pullSecrets, !images.isEmpty, review.makesPod {
            try findPullSecrets(known, body)
            if !pullSecrets.isEmpty { outcome = .patched }
        }
        if outcome == .patched, isTrial { outcome = .wouldPatch }
        if outcome == .patched { writePatch() }
        writeAnswer(body, outcome, ruleSet)
        return outcome
    }

    private mutating func reset() {
        pending.removeAll()
        scope = nil
        images.removeAll(keepingCapacity: images.capacity <= Review.keptImages)
        results.removeAll(keepingCapacity: results.capacity <= Review.keptText)
        pullSecrets.removeAll(keepingCapacity: true)
        answer.removeAll(keepingCapacity: answer.capacity <= Review.keptText)
        patch.removeAll(keepingCapacity: patch.capacity <= Review.keptText)
    }

    private var label: SwapLabel { options.ignoresLabels ? .none : review.object.label(at: review.place) }

    private var isTrial: Bool { options.isTrial || label == .audit }

    private mutating func swapImages(_ policy: SwapPolicy) -> Outcome {
        let place = review.place
        let object = review.object
        guard object.isPresent, review.operation != .delete, review.operation != .connect else {
            return .notApplicable
        }
        guard label != .disabled, !(object.isMirror && place == .pod) else { return .optedOut }
        let texts = review.texts
        let verified = policy.verifiedPlaces
        var old = KnownImages(review)
        for list in ImageList.allCases {
            for (position, field) in object.images.enumerated() where field.list == list && field.place == place {
                guard !old.have(field, at: position, texts) else { continue }
                let text = texts.span.extracting(field.image.range)
                let swap = policy.swap(text, &buffers)
                let start = results.count
                let waits =
                    verified.map { pending.take(images.count, text, swap, policy, $0, &buffers) } ?? false
                if swap.isChanged, !waits { results.append(contentsOf: buffers.result) }
                images.append(Image(field: field, swap: swap, result: start..<results.count))
            }
        }
        return object.images.contains { $0.place == place } ? .unchanged : .notApplicable
    }

    /// Which Secrets the pod lacks to pull its images, as they will be.
    private mutating func findPullSecrets(
        _ known: PullSecrets, _ body: borrowing Span<UInt8>
    ) throws(ReviewError) {
        needs.begin(known)
        listedPullSecrets = .none
        if let offset = review.object.imagePullSecrets {
            var scanner = JSONScanner(at: offset)
            listedPullSecrets = try scanner.pullSecrets(body, &needs, known)
        }
        guard listedPullSecrets != .odd else { return }
        let (texts, results) = (review.texts, results)
        for image in images {
            if image.swap.isChanged {
                needs.needs(results.span.extracting(image.result), known)
            } else {
                needs.needs(texts.span.extracting(image.field.image.range), known)
            }
        }
        for number in needs.missing { pullSecrets.append(known.names[number]) }
    }

    /// A JSON Patch (RFC 6902): one `replace` a changed image, then the pull secrets.
    private mutating func writePatch() {
        for image in images where image.swap.isChanged {
            patch.append(patch.isEmpty ? "[" : ",")
            patch.append(#"{"op":"replace","path":""#)
            patch.append(image.field.place.pointer)
            patch.append("/")
            patch.append(image.field.list.name)
            patch.append("/")
            patch.append(decimal: Int(image.field.index))
            patch.append(image.field.list.pointer)
            patch.append(#"","value":""#)
            // Only valid references are handed out: none of their characters needs an escape.
            patch.append(contentsOf: results[image.result])
            patch.append(#""}"#)
        }
        if !pullSecrets.isEmpty { writePullSecrets() }
        if !patch.isEmpty { patch.append("]") }
    }

    /// One `add` of the whole list where the pod has none, else one a Secret at the list's end. Nothing that stands there
    /// is touched.
    private mutating func writePullSecrets() {
        patch.append(patch.isEmpty ? "[" : ",")
        let isList = listedPullSecrets == .none
        if isList { patch.append(#"{"op":"add","path":"/spec/imagePullSecrets","value":["#) }
        for (index, name) in pullSecrets.enumerated() {
            if index > 0 { patch.append(",") }
            if !isList { patch.append(#"{"op":"add","path":"/spec/imagePullSecrets/-","value":"#) }
            patch.append(#"{"name":""#)
            // The map file has DNS-1123 names only: none of their characters needs an escape.
            patch.append(contentsOf: name)
            patch.append(isList ? #""}"# : #""}}"#)
        }
        if isList { patch.append("]}") }
    }

    private mutating func writeAnswer(_ body: borrowing Span<UInt8>, _ outcome: Outcome, _ ruleSet: [UInt8]) {
        answer.append(#"{"apiVersion":""#)
        answer.append(review.version.rawValue)
        answer.append(#"","kind":"AdmissionReview","response":{"uid":""#)
        let uid = review.rawUID
        answer.append(body, uid)
        answer.append(#"","allowed":true"#)
        if !patch.isEmpty {
            answer.append(#","patchType":"JSONPatch","patch":""#)
            let (patch, base64Alphabet) = (patch, base64Alphabet)
            answer.append(base64: patch.span, base64Alphabet.span)
            answer.append(#"""#)
            if !results.isEmpty { writeAnnotations(ruleSet) }
        }
        if outcome == .wouldPatch || options.warns && outcome == .patched && !results.isEmpty {
            answer.append(#","warnings":"#)
            let isTrial = outcome == .wouldPatch
            notes.writeWarnings(
                images, isTrial ? pullSecrets : [], review.texts, results, isTrial: isTrial, to: &answer)
        }
        answer.append("}}")
    }
}

extension Reviewer {
    /// What was swapped, and by which rules, for the API server's audit log.
    private mutating func writeAnnotations(_ ruleSet: [UInt8]) {
        answer.append(#","auditAnnotations":{"swapped":"#)
        notes.writeSwapped(images, review.texts, results, to: &answer)
        if !ruleSet.isEmpty {
            answer.append(#","rules":""#)
            answer.append(contentsOf: ruleSet)
            answer.append(#"""#)
        }
        answer.append("}")
    }
}

/// What of an update's images was there before, in the element of the same name: those stay.
private struct KnownImages {
    private let old: [ImageField]
    private var index: OldImages?

    init(_ review: Review) {
        old = review.operation == .update ? review.oldObject.images : []
    }

    /// - Parameter position: the field's among all of its object, where the old one most often stands too.
    mutating func have(_ field: ImageField, at position: Int, _ texts: [UInt8]) -> Bool {
        guard !old.isEmpty else { return false }
        if position < old.count, texts.areSame(field, old[position]) { return true }
        let index = index ?? OldImages(old, texts)
        self.index = index
        return index.contains(field)
    }
}

extension [UInt8] {
    /// Standard base64, padded (RFC 4648, section 4).
    fileprivate mutating func append(base64 bytes: borrowing Span<UInt8>, _ alphabet: borrowing Span<UInt8>) {
        append(addingCapacity: (bytes.count + 2) / 3 * 4) { output in
            var index = 0
            while index + 3 <= bytes.count {
                let group = Int(bytes[index]) << 16 | Int(bytes[index + 1]) << 8 | Int(bytes[index + 2])
                output.append(alphabet[group >> 18])
                output.append(alphabet[group >> 12 & 0x3f])
                output.append(alphabet[group >> 6 & 0x3f])
                output.append(alphabet[group & 0x3f])
                index += 3
            }
            guard index < bytes.count else { return }
            let isTwo = index + 1 < bytes.count
            let group = Int(bytes[index]) << 16 | (isTwo ? Int(bytes[index + 1]) << 8 : 0)
            output.append(alphabet[group >> 18])
            output.append(alphabet[group >> 12 & 0x3f])
            output.append(isTwo ? alphabet[group >> 6 & 0x3f] : UInt8(ascii: "="))
            output.append(UInt8(ascii: "="))
        }
    }
}
