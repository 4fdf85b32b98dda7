/// A member's name in a JSON object, packed into words, so that telling it from the known ones is a few comparisons.
struct Name: Equatable, Sendable {
    private let first: UInt64
    private let second: UInt64
    private let third: UInt64
    private let count: Int

    /// The longest that is told apart; a longer one is none of the known.
    private static let longest = 24

    @inline(__always)
    private init(_ first: UInt64, _ second: UInt64, _ third: UInt64, count: Int) {
        self.first = first
        self.second = second
        self.third = third
        self.count = count
    }

    @inline(__always)
    init(_ text: JSONScanner.Text, of json: borrowing Span<UInt8>) {
        let count = text.end &- text.start
        if text.isEscaped || text.start &+ Self.longest > json.count {
            self.init(rare: text, of: json)
        } else if count <= 8 {
            self.init(json.word(at: text.start) & Self.mask(count), 0, 0, count: count)
        } else if count <= 16 {
            self.init(
                json.word(at: text.start), json.word(at: text.start &+ 8) & Self.mask(count &- 8), 0, count: count)
        } else if count <= Self.longest {
            self.init(
                json.word(at: text.start), json.word(at: text.start &+ 8),
                json.word(at: text.start &+ 16) & Self.mask(count &- 16), count: count)
        } else {
            self.init(0, 0, 0, count: count)
        }
    }

    /// A name with escapes, or at the very end of the document.
    private init(rare text: JSONScanner.Text, of json: borrowing Span<UInt8>) {
        var bytes: [UInt8] = []
        bytes.append(text, of: json)
        self.init(bytes)
    }

    /// A name as its text.
    init(_ text: String) {
        self.init(Array(text.utf8))
    }

    private init(_ bytes: [UInt8]) {
        let padded = bytes.prefix(Self.longest) + Array(repeating: 0, count: max(0, Self.longest - bytes.count))
        let span = padded.span
        let isKnown = bytes.count <= Self.longest
        self.init(
            isKnown ? span.word(at: 0) : 0, isKnown ? span.word(at: 8) : 0, isKnown ? span.word(at: 16) : 0,
            count: bytes.count)
    }

    @inline(__always)
    private static func mask(_ count: Int) -> UInt64 {
        count == 8 ? .max : (1 << UInt64(truncatingIfNeeded: count &* 8)) &- 1
    }

    // The known names, their first letter lowest: constants, since what is made from text at run time costs each
    // comparison a look whether it was made already. A test compares each with its text.
    static var annotations: Name { Name(0x6974_6174_6f6e_6e61, 0x73_6e6f, 0, count: 11) }
    static var apiVersion: Name { Name(0x6973_7265_5669_7061, 0x6e6f, 0, count: 10) }
    static var containers: Name { Name(0x656e_6961_746e_6f63, 0x7372, 0, count: 10) }
    static var dryRun: Name { Name(0x6e75_5279_7264, 0, 0, count: 6) }
    static var ephemeralContainers: Name { Name(0x6172_656d_6568_7065, 0x6e69_6174_6e6f_436c, 0x73_7265, count: 19) }
    static var generateName: Name { Name(0x6574_6172_656e_6567, 0x656d_614e, 0, count: 12) }
    static var image: Name { Name(0x65_6761_6d69, 0, 0, count: 5) }
    static var imagePullSecrets: Name { Name(0x6c75_5065_6761_6d69, 0x7374_6572_6365_536c, 0, count: 16) }
    static var initContainers: Name { Name(0x746e_6f43_7469_6e69, 0x7372_656e_6961, 0, count: 14) }
    static var jobTemplate: Name { Name(0x6c70_6d65_5462_6f6a, 0x65_7461, 0, count: 11) }
    static var kind: Name { Name(0x646e_696b, 0, 0, count: 4) }
    static var labels: Name { Name(0x736c_6562_616c, 0, 0, count: 6) }
    static var metadata: Name { Name(0x6174_6164_6174_656d, 0, 0, count: 8) }
    static var name: Name { Name(0x656d_616e, 0, 0, count: 4) }
    static var namespace: Name { Name(0x6361_7073_656d_616e, 0x65, 0, count: 9) }
    static var object: Name { Name(0x7463_656a_626f, 0, 0, count: 6) }
    static var oldObject: Name { Name(0x6365_6a62_4f64_6c6f, 0x74, 0, count: 9) }
    static var operation: Name { Name(0x6f69_7461_7265_706f, 0x6e, 0, count: 9) }
    static var reference: Name { Name(0x636e_6572_6566_6572, 0x65, 0, count: 9) }
    static var request: Name { Name(0x74_7365_7571_6572, 0, 0, count: 7) }
    static var spec: Name { Name(0x6365_7073, 0, 0, count: 4) }
    static var subResource: Name { Name(0x756f_7365_5262_7573, 0x65_6372, 0, count: 11) }
    static var template: Name { Name(0x6574_616c_706d_6574, 0, 0, count: 8) }
    static var uid: Name { Name(0x64_6975, 0, 0, count: 3) }
    static var volumes: Name { Name(0x73_656d_756c_6f76, 0, 0, count: 7) }
}
