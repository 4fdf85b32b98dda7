private import ImageSwap

/// An AdmissionReview (https://kubernetes.io/docs/reference/access-authn-authz/extensible-admission-controllers/), as
/// far as a swap needs it: the strings that matter are copied into one buffer, no tree is built.
///
/// Filled anew for each body, so that its buffers serve again.
package struct Review: Sendable {
    package enum Version: String, Sendable {
        case v1 = "admission.k8s.io/v1"
        case v1beta1 = "admission.k8s.io/v1beta1"
    }

    package enum Operation: Sendable {
        case create, update, delete, connect, other
    }

    /// Buffers for more images than this, or for more text, are given back after the review.
    static let keptImages = 1024
    static let keptText = 1 << 18

    package private(set) var version = Version.v1
    /// The inside of the uid's string in the body, escapes as they are: it goes back to the letter.
    private(set) var rawUID = 0..<0
    package private(set) var uid = TextRange.empty
    package private(set) var operation = Operation.other
    package private(set) var isDryRun = false
    package private(set) var place = PodSpecPlace.workload
    package private(set) var kind = TextRange.empty
    package private(set) var namespace = TextRange.empty
    package private(set) var operationName = TextRange.empty
    package private(set) var subresource = TextRange.empty
    private var requestName = TextRange.empty
    private(set) var object = ObjectFields()
    private(set) var oldObject = ObjectFields()
    private var context: ObjectContext

    /// - Parameter disableLabel: the label that switches swapping off, with the value `disabled`.
    init(disableLabel: String) {
        context = ObjectContext(disableLabel: Array(disableLabel.utf8))
    }

    /// The copied strings, which text ranges point into.
    package var texts: [UInt8] { context.texts }

    /// The object's name; where it has none yet, what its name will begin with.
    package var name: TextRange {
        [requestName, object.name, object.generateName].first { !$0.range.isEmpty } ?? .empty
    }

    /// Whether the object is a pod in the making, which may be given pull secrets. A pod's template is not: with some of
    /// its own its pods would not get the service account's.
    var makesPod: Bool { place == .pod && operation == .create && subresource.range.isEmpty }

    /// Reads a whole body. After an error the review holds nothing of use.
    mutating func decode(_ json: borrowing Span<UInt8>) throws(ReviewError) {
        reset()
        guard json.count <= Int32.max else { throw ReviewError(.tooLong, at: Int(Int32.max)) }
        guard !json.isEmpty else { throw ReviewError(.empty, at: 0) }
        var scanner = JSONScanner()
        guard try scanner.peek(json) == UInt8(ascii: "{") else {
            try scanner.skip(json)
            try scanner.finish(json)
            throw ReviewError(.notAnObject, at: 0)
        }
        var version: Version?
        var isReview = false
        var hasRequest = false
        try scanner.enterObject(json)
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .apiVersion: version = try Self.version(json, &scanner)
            case .kind: isReview = try Self.isReview(json, &scanner)
            case .request: hasRequest = try decodeRequest(json, &scanner)
            default: try scanner.skip(json)
            }
        }
        try scanner.finish(json)
        guard isReview else { throw ReviewError(.notAnAdmissionReview, at: 0) }
        guard let version else { throw ReviewError(.version, at: 0) }
        guard hasRequest else { throw ReviewError(.noRequest, at: 0) }
        guard !rawUID.isEmpty else { throw ReviewError(.noUID, at: 0) }
        self.version = version
        place = PodSpecPlace(kind: texts.span.extracting(kind.range))
    }

    private mutating func reset() {
        object.reset()
        oldObject.reset()
        context.texts.removeAll(keepingCapacity: texts.capacity <= Self.keptText)
        resetRequest()
    }

    private mutating func resetRequest() {
        rawUID = 0..<0
        uid = .empty
        operation = .other
        isDryRun = false
        kind = .empty
        namespace = .empty
        operationName = .empty
        subresource = .empty
        requestName = .empty
    }

    private static func version(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(ReviewError) -> Version? {
        guard let text = try scanner.nextString(json) else { return nil }
        if text.equals(Array(Version.v1.rawValue.utf8).span, in: json) { return .v1 }
        return text.equals(Array(Version.v1beta1.rawValue.utf8).span, in: json) ? .v1beta1 : nil
    }

    private static func isReview(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(ReviewError) -> Bool {
        try scanner.nextString(json)?.equals(Array("AdmissionReview".utf8).span, in: json) ?? false
    }

    /// `/request`; whether it is an object.
    private mutating func decodeRequest(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(ReviewError) -> Bool {
        resetRequest()
        object.reset()
        oldObject.reset()
        guard try scanner.enterObjectOrSkip(json) else { return false }
        while let text = try scanner.nextName(json) {
            switch Name(text, of: json) {
            case .uid:
                let text = try scanner.nextString(json)
                rawUID = text.map { $0.start..<$0.end } ?? 0..<0
                uid = text.map { context.copy($0, of: json) } ?? .empty
            case .kind:
                kind = try decodeKind(json, &scanner)
            case .name:
                requestName = try scanner.copyString(json, &context) ?? .empty
            case .namespace:
                namespace = try scanner.copyString(json, &context) ?? .empty
            case .operation:
                operationName = try scanner.copyString(json, &context) ?? .empty
                operation = Operation(texts.span.extracting(operationName.range))
            case .subResource:
                subresource = try scanner.copyString(json, &context) ?? .empty
            case .dryRun:
                isDryRun = try scanner.peek(json) == UInt8(ascii: "t")
                try scanner.skip(json)
            case .object:
                try object.decode(json, &scanner, &context)
            case .oldObject:
                try oldObject.decode(json, &scanner, &context)
            default:
                try scanner.skip(json)
            }
        }
        return true
    }

    /// `/request/kind/kind`
    private mutating func decodeKind(
        _ json: borrowing Span<UInt8>, _ scanner: inout JSONScanner
    ) throws(ReviewError) -> TextRange {
        var kind = TextRange.empty
        guard try scanner.enterObjectOrSkip(json) else { return kind }
        while let text = try scanner.nextName(json) {
            if Name(text, of: json) == .kind {
                kind = try scanner.copyString(json, &context) ?? .empty
            } else {
                try scanner.skip(json)
            }
        }
        return kind
    }
}

extension Review.Operation {
    fileprivate init(_ name: borrowing Span<UInt8>) {
        self =
            if name.equals("CREATE") { .create } else if name.equals("UPDATE") { .update } else if name.equals("DELETE")
            { .delete } else if name.equals("CONNECT") { .connect } else { .other }
    }
}
