/// A member's name in a JSON object, packed, so that telling it from the known ones takes three comparisons.
struct Name: Equatable, Sendable {
    private var words: (UInt64, UInt64, UInt64) = (0, 0, 0)
    private var count = 0

    /// The longest that is told apart; any longer one is none of the known.
    private static let longest = 24

    static func == (one: Name, other: Name) -> Bool {
        one.words.0 == other.words.0 && one.words.1 == other.words.1 && one.words.2 == other.words.2
            && one.count == other.count
    }

    @inline(__always)
    init(_ text: JSONScanner.Text, of json: borrowing Span<UInt8>) {
        if text.isEscaped {
            var plain: [UInt8] = []
            plain.append(text, of: json)
            self.init(plain.span, 0, plain.count)
        } else {
            self.init(json, text.start, text.end)
        }
    }

    @inline(__always)
    private init(_ bytes: borrowing Span<UInt8>, _ start: Int, _ end: Int) {
        count = end - start
        guard count <= Self.longest else { return }
        var index = start
        var shift: UInt64 = 0
        while index < end, shift < 64 {
            words.0 |= UInt64(bytes[index]) << shift
            shift += 8
            index += 1
        }
        shift = 0
        while index < end, shift < 64 {
            words.1 |= UInt64(bytes[index]) << shift
            shift += 8
            index += 1
        }
        shift = 0
        while index < end {
            words.2 |= UInt64(bytes[index]) << shift
            shift += 8
            index += 1
        }
    }

    private init(_ text: String) {
        let bytes = Array(text.utf8)
        self.init(bytes.span, 0, bytes.count)
    }

    static let annotations = Name("annotations")
    static let apiVersion = Name("apiVersion")
    static let containers = Name("containers")
    static let dryRun = Name("dryRun")
    static let ephemeralContainers = Name("ephemeralContainers")
    static let generateName = Name("generateName")
    static let image = Name("image")
    static let initContainers = Name("initContainers")
    static let jobTemplate = Name("jobTemplate")
    static let kind = Name("kind")
    static let labels = Name("labels")
    static let metadata = Name("metadata")
    static let name = Name("name")
    static let namespace = Name("namespace")
    static let object = Name("object")
    static let oldObject = Name("oldObject")
    static let operation = Name("operation")
    static let reference = Name("reference")
    static let request = Name("request")
    static let spec = Name("spec")
    static let subResource = Name("subResource")
    static let template = Name("template")
    static let uid = Name("uid")
    static let volumes = Name("volumes")
}
