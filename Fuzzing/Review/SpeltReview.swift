/// Reviews drawn by lot, the bytes being the seed: nearly all are JSON, where mutated text is mostly refused, and each is
/// another one, where mutated choices stay what their seeds were. Some of it is wrong on purpose.
struct SpeltReview {
    private var state: UInt64
    private var text: [UInt8] = []
    /// Whether what is no JSON may come too.
    private var mayBeWrong = false
    /// Where the pods of the kind are.
    private var place = 0

    static func text(of seed: borrowing Span<UInt8>, number: UInt64) -> [UInt8] {
        // FNV-1a
        var state: UInt64 = 0xcbf2_9ce4_8422_2325 &+ number
        for index in seed.indices { state = (state ^ UInt64(seed[index])) &* 0x100_0000_01b3 }
        var review = SpeltReview(state: state)
        review.write()
        return review.text
    }

    private init(state: UInt64) { self.state = state }

    /// One of so many (SplitMix64).
    private mutating func choose(_ count: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(count))
    }

    private mutating func choose(_ texts: [String], wrong: [String] = []) -> String {
        let all = mayBeWrong ? texts + wrong : texts
        return all[choose(all.count)]
    }

    private mutating func put(_ more: String) { text += more.utf8 }

    private mutating func write() {
        mayBeWrong = choose(2) == 0
        place = choose(4)
        let kind = ["Pod", "PodTemplate", choose(["Job", "Deployment", "P\\u006fd"]), "CronJob"][place]
        put(#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u""#)
        put(",\"kind\":{\"kind\":\"\(kind)\"}")
        put(",\"operation\":\"\(choose(["UPDATE", "CREATE", "UPDATE", "UPDATE", "CREATE", "DELETE"]))\"")
        for member in ["object", "oldObject", "obj\\u0065ct", "dryRun"].prefix(2 + choose(2) * choose(3)) {
            put(",\"\(member)\":")
            object()
        }
        put("}")
        if choose(3) == 0 {
            // A string at the very end, where the scanner goes byte by byte.
            put(#","t":"#)
            string()
        }
        put("}")
        put(choose(["", " \n\r\t"], wrong: ["x", "\u{b}"]))
    }

    private mutating func members(_ count: Int, _ body: (inout SpeltReview) -> Void) {
        put("{")
        for number in 0..<count {
            if number > 0 { put(",") }
            body(&self)
        }
        put("}")
    }

    private mutating func object() {
        members(choose(5)) { review in
            guard review.choose(4) > 0 else { return review.metadata() }
            switch review.choose(2) == 0 ? review.place : review.choose(4) {
            case 0: review.podSpec(named: "spec")
            case 1: review.template(named: "template")
            case 2:
                review.put(#""spec":{"#)
                review.template(named: review.choose(["template", "template", "x"]))
                review.put("}")
            default:
                review.put(#""spec":{"jobTemplate":{"spec":{"#)
                review.template(named: "template")
                review.put("}}}")
            }
        }
    }

    private mutating func template(named name: String) {
        put("\"\(name)\":")
        members(choose(4)) { review in
            if review.choose(3) == 0 { review.metadata() } else { review.podSpec(named: "spec") }
        }
    }

    private mutating func metadata() {
        put(#""metadata":"#)
        members(choose(3)) { review in
            let label = review.choose([
                "k8s.twr.io/imageswap", "k8s.twr.io\\/imageswap", "kubernetes.io/config.mirror", "l",
            ])
            review.put("\"\(review.choose(["labels", "annotations", "name"]))\":{\"\(label)\":")
            review.put("\"\(review.choose(["disabled", "enabled", "d\\u0069sabled", "audit"]))\"}")
        }
    }

    private mutating func podSpec(named name: String) {
        put("\"\(name)\":")
        members(choose(4)) { review in
            let list = review.choose([
                "containers", "containers", "initContainers", "initContainers", "ephemeralContainers", "volumes",
                "imagePullSecrets", "other",
            ])
            review.put("\"\(list)\":")
            if list == "imagePullSecrets", review.choose(3) == 0 { return review.value(depth: 2) }
            review.put("[")
            for number in 0..<review.choose(4) {
                if number > 0 { review.put(",") }
                review.element()
            }
            review.put("]")
        }
    }

    private mutating func element() {
        members(choose(4)) { review in
            switch review.choose(6) {
            case 0, 4: review.put("\"name\":\"\(review.choose(["a", "b", "", "\\u0061", "regcred", "extr\\u0061"]))\"")
            case 1:
                review.put(#""image":{"reference":"#)
                review.value(depth: 3)
                review.put("}")
            case 2:
                review.put("\"\(review.choose(["image", "im\\u0061ge", "other"]))\":")
                review.value(depth: 3)
            case 5: review.put("\"image\":\"\(review.choose(["x", "y"]))\"")
            default:
                review.put(#""image":""#)
                for _ in 0...review.choose(3) { review.piece() }
                review.put("\"")
            }
        }
    }

    /// What strings are made of.
    private static let pieces = [
        "x", "y", "a.io/", "b.io/team/", "", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000",
        "\\u00e9",
        "\\u20AC", "\\ud83d\\ude00", "\\uDBFF\\uDFFF", "\\ud840\\udc00", "\u{7f}", "é", "€", "\u{800}", "\u{fffd}", "😀",
        "\u{10ffff}", "eight by",
    ]
    private static let wrongPieces = [
        "\\ud800", "\\udd00", "\\ud800\\u0041", "\\x", "\\u00g0", "\u{1f}", "\n", "\\u12",
    ]

    /// No UTF-8: too long, a surrogate, beyond Unicode, cut.
    private static let wrongBytes: [[UInt8]] = [
        [0xc0, 0x80], [0xc1, 0xbf], [0xe0, 0x80, 0x80], [0xe0, 0x9f, 0xbf], [0xed, 0xa0, 0x80],
        [0xf0, 0x80, 0x80, 0x80],
        [0xf0, 0x8f, 0xbf, 0xbf], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80], [0xe2, 0x82], [0x80], [0xff],
    ]

    private mutating func piece() {
        if mayBeWrong, choose(8) == 0 {
            text += Self.wrongBytes[choose(Self.wrongBytes.count)]
        } else {
            put(choose(Self.pieces, wrong: Self.wrongPieces))
        }
    }

    private mutating func string() {
        put("\"")
        piece()
        put("\"")
    }

    private mutating func value(depth: Int) {
        switch choose(depth == 0 ? 3 : 12) {
        case 0: put(choose(["true", "false", "null"], wrong: ["tru", "nulL"]))
        case 1: put(choose(["0", "-1", "1.5", "1e9", "-0.5E+10"], wrong: ["01", "1.", "-", "1e", ".5", "+1", "1e+"]))
        case 2, 6...10: string()
        case 3: put(choose(["[]", "{}", "[ ]", "{ }"], wrong: ["[1,]", "{,}", "[1 2]"]))
        case 4:
            put("[")
            value(depth: depth - 1)
            put(",")
            value(depth: depth - 1)
            put("]")
        case 5:
            put("{")
            string()
            put(":")
            value(depth: depth - 1)
            put("}")
        default:
            // About as deep as a document may be; what is outside counts too.
            let depth = 490 + choose(30)
            put(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
    }
}
