internal import Admission
private import ImageSwap
internal import Logging

/// One line a review: what was swapped and why. Nothing of a body is logged but names and images.
struct ReviewLog: Sendable {
    let log: Logger

    /// Images that are logged of one review.
    private static let loggedImages = 32
    /// Bytes that are logged of a name or an image; a valid one is no longer.
    private static let loggedLength = 512

    func write(_ outcome: Reviewer.Outcome, _ reviewer: Reviewer) {
        let level: Logger.Level = outcome == .patched ? .info : .debug
        guard log.logLevel <= level else { return }
        let review = reviewer.review
        var line = Array("review \(outcome.name)".utf8)
        func add(_ key: String, _ text: TextRange) {
            guard !text.range.isEmpty else { return }
            line.append(logKey: key, Self.cut(review.texts[text.range]))
        }
        add("uid", review.uid)
        add("operation", review.operationName)
        add("kind", review.kind)
        add("subresource", review.subresource)
        add("namespace", review.namespace)
        add("name", review.name)
        if review.isDryRun { line.append(contentsOf: " dry_run=true".utf8) }
        for image in reviewer.images.prefix(Self.loggedImages) {
            line.append(contentsOf: " \(image.field.pointer)=\"".utf8)
            line.append(logText: Self.cut(review.texts[image.field.image.range]))
            if image.swap.isChanged {
                line.append(contentsOf: " -> ".utf8)
                line.append(logText: Self.cut(reviewer.results[image.result]))
            }
            line.append(contentsOf: " (\(image.swap.decision.name)".utf8)
            if let number = image.swap.line { line.append(contentsOf: ", line \(number)".utf8) }
            line.append(contentsOf: ")\"".utf8)
        }
        let more = reviewer.images.count - Self.loggedImages
        if more > 0 { line.append(contentsOf: " more_images=\(more)".utf8) }
        log.log(level: level, "\(String(decoding: line, as: UTF8.self))")
    }

    private static func cut(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        bytes.count <= loggedLength ? bytes : bytes.prefix(loggedLength) + "…".utf8
    }
}
