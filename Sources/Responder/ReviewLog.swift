package import Admission
private import ImageSwap
package import Logging
package import Logs
private import Posix

/// One line a review: what was swapped and why. Nothing of a body is logged but names and images.
///
/// Its lines do not come by way of swift-log: a message and a dictionary for each would cost more than the swap.
package struct ReviewLog: Sendable {
    private let sink: LogSink
    private let level: Logger.Level
    private var line: LogLine

    /// Images that are logged of one review.
    private static let loggedImages = 32
    /// Names of pull secrets that are logged of one review.
    private static let loggedSecrets = 32
    /// Bytes of a line from which on no more images are logged, so that it stays under 16 KiB, which container
    /// runtimes cut lines to.
    private static let fullLine = 14 << 10
    /// Bytes that are logged of a name or an image; a valid one is no longer.
    private static let longest = 512

    /// - Parameter level: below it nothing is logged.
    package init(sink: LogSink, level: Logger.Level) {
        self.sink = sink
        self.level = level
        line = LogLine(sink.format)
    }

    /// Logs what became of the reviewer's last review: at INFO if it was patched, or would have been, or if an
    /// image stays because nobody has its target, else at DEBUG.
    ///
    /// - Parameter duration: from the request to its answer.
    package mutating func write(_ outcome: Reviewer.Outcome, _ reviewer: Reviewer, duration: Duration) {
        let isTold =
            outcome == .patched || outcome == .wouldPatch
            || outcome == .unchanged
                && reviewer.images.contains { $0.swap.decision == .notMirrored || $0.swap.decision == .notVerified }
        let level: Logger.Level = isTold ? .info : .debug
        guard self.level <= level else { return }
        let now = WallTime.now
        guard sink.permits(level, at: now) else { return }
        line.begin(level, outcome.message, at: now)
        if line.format == .json { line.add("outcome", outcome.name.utf8.span, upTo: Self.longest) }
        addRequest(reviewer.review)
        line.add("duration_us", duration.microseconds)
        addImages(reviewer)
        if !reviewer.pullSecrets.isEmpty { addPullSecrets(reviewer.pullSecrets) }
        line.end()
        sink.append(line.bytes, level: level)
    }

    private mutating func addRequest(_ review: Review) {
        let texts = review.texts
        add("uid", review.uid, texts)
        add("operation", review.operationName, texts)
        add("kind", review.kind, texts)
        add("subresource", review.subresource, texts)
        add("namespace", review.namespace, texts)
        add("name", review.name, texts)
        if review.isDryRun || line.format == .json { line.add("dry_run", review.isDryRun) }
    }

    private mutating func add(_ name: StaticString, _ text: TextRange, _ texts: [UInt8]) {
        guard !text.range.isEmpty else { return }
        line.add(name, texts.span.extracting(text.range), upTo: Self.longest)
    }

    private mutating func addImages(_ reviewer: Reviewer) {
        let texts = reviewer.review.texts
        let images = reviewer.images
        var count = 0
        if line.format == .json { line.append { $0.append(literal: #","images":["#) } }
        while count < images.count, count < Self.loggedImages, line.bytes.count < Self.fullLine {
            let image = images[count]
            let from = texts.span.extracting(image.field.image.range)
            let to = reviewer.results.span.extracting(image.result)
            switch line.format {
            case .text: line.append { $0.append(text: image, from, to, upTo: Self.longest) }
            case .json: line.append { $0.append(json: image, from, to, upTo: Self.longest, isFirst: count == 0) }
            }
            count += 1
        }
        if line.format == .json { line.append { $0.append(literal: "]") } }
        if images.count > count { line.add("more_images", images.count - count) }
    }

    /// The names, which have neither commas nor anything that needs quotes.
    private mutating func addPullSecrets(_ names: [[UInt8]]) {
        let joined = Array(names.prefix(Self.loggedSecrets).joined(separator: [UInt8(ascii: ",")]))
        line.add("pull_secrets", joined.span, upTo: Self.longest)
    }
}

extension Reviewer.Outcome {
    fileprivate var message: String {
        switch self {
        case .patched: "review patched"
        case .unchanged: "review unchanged"
        case .optedOut: "review opted_out"
        case .notApplicable: "review not_applicable"
        case .wouldPatch: "review would_patch"
        }
    }
}

extension Duration {
    fileprivate var microseconds: Int {
        let (seconds, attoseconds) = components
        return Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
    }
}

extension [UInt8] {
    /// ` /spec/containers/0/image="from -> to (decision, line 1)"`
    fileprivate mutating func append(
        text image: Reviewer.Image, _ from: borrowing Span<UInt8>, _ to: borrowing Span<UInt8>, upTo limit: Int
    ) {
        append(literal: " ")
        append(pointer: image.field)
        append(literal: "=\"")
        append(logText: from, .text, upTo: limit)
        if image.swap.isChanged {
            append(literal: " -> ")
            append(logText: to, .text, upTo: limit)
        }
        append(literal: " (")
        append(image.swap.decision.name)
        if let rule = image.swap.rule {
            append(literal: rule.isOfNamespace ? ", namespace line " : ", line ")
            append(decimal: rule.number)
        }
        append(literal: ")\"")
    }

    fileprivate mutating func append(
        json image: Reviewer.Image, _ from: borrowing Span<UInt8>, _ to: borrowing Span<UInt8>, upTo limit: Int,
        isFirst: Bool
    ) {
        append(literal: isFirst ? #"{"field":""# : #",{"field":""#)
        append(pointer: image.field)
        append(literal: #"","from":""#)
        append(logText: from, .json, upTo: limit)
        if image.swap.isChanged {
            append(literal: #"","to":""#)
            append(logText: to, .json, upTo: limit)
        }
        append(literal: #"","decision":""#)
        append(image.swap.decision.name)
        append(literal: "\"")
        if let rule = image.swap.rule {
            append(literal: rule.isOfNamespace ? #","namespace_line":"# : #","line":"#)
            append(decimal: rule.number)
        }
        append(literal: "}")
    }

    private mutating func append(pointer field: ImageField) {
        append(field.place.pointer)
        append(literal: "/")
        append(field.list.name)
        append(literal: "/")
        append(decimal: Int(field.index))
        append(field.list.pointer)
    }
}
