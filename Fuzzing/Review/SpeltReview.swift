/// Reviews spelt by any bytes: each byte is a choice of what comes next, so that mutated bytes make other reviews, where
/// mutated text is mostly refused. Some of it is wrong on purpose.
struct SpeltReview {
    private let choices: [UInt8]
    private var index = 0
    private var text: [UInt8] = []

    static func text(of choices: [UInt8]) -> [UInt8] {
        var review = SpeltReview(choices: choices)
        review.write()
        return review.text
    }

    private init(choices: [UInt8]) { self.choices = choices }

    /// One of so many; the first once all bytes are used up.
    private mutating func choose(_ count: Int) -> Int {
        guard index < choices.count else { return 0 }
        index += 1
        return Int(choices[index - 1]) % count
    }

    private mutating func choose(_ texts: [String]) -> String { texts[choose(texts.count)] }

    private mutating func put(_ more: String) { text += more.utf8 }

    private mutating func write() {
        put(#"{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u"#)
        put("\",\"kind\":{\"kind\":\"\(choose(["Pod", "Pod", "PodTemplate", "CronJob", "Job", "P\\u006fd"]))\"}")
        put(",\"operation\":\"\(choose(["UPDATE", "CREATE", "UPDATE", "UPDATE", "DELETE"]))\"")
        for _ in 0...choose(4) {
            put(",\"\(choose(["object", "oldObject", "obj\\u0065ct", "dryRun"]))\":")
            object()
        }
        put("}}")
        put(choose(["", "", "", " \n\r\t", "x", "\u{b}"]))
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
            switch review.choose(5) {
            case 0: review.podSpec(named: "spec")
            case 1: review.metadata()
            case 2: review.template(named: "template")
            case 3:
                review.put(#""spec":{"#)
                review.template(named: review.choose(["template", "x"]))
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
            review.put("\"\(review.choose(["disabled", "enabled", "d\\u0069sabled"]))\"}")
        }
    }

    private mutating func podSpec(named name: String) {
        put("\"\(name)\":")
        members(choose(4)) { review in
            let list = review.choose(["containers", "initContainers", "ephemeralContainers", "volumes", "other"])
            review.put("\"\(list)\":[")
            for number in 0..<review.choose(4) {
                if number > 0 { review.put(",") }
                review.element()
            }
            review.put("]")
        }
    }

    private mutating func element() {
        members(choose(4)) { review in
            switch review.choose(4) {
            case 0: review.put("\"name\":\"\(review.choose(["a", "b", "", "\\u0061"]))\"")
            case 1:
                review.put(#""image":{"reference":"#)
                review.value(depth: 3)
                review.put("}")
            case 2:
                review.put("\"\(review.choose(["image", "im\\u0061ge", "other"]))\":")
                review.value(depth: 3)
            default:
                review.put(#""image":""#)
                for _ in 0...review.choose(3) { review.put(review.choose(Self.pieces)) }
                review.put("\"")
            }
        }
    }

    /// What strings are made of.
    private static let pieces = [
        "x", "y", "a.io/", "b.io/team/", "", "\\\"", "\\\\", "\\/", "\\b", "\\f", "\\n", "\\r", "\\t", "\\u0000",
        "\\u00e9",
        "\\u20AC", "\\ud83d\\ude00", "\\uDBFF\\uDFFF", "\\ud840\\udc00", "\u{7f}", "é", "€", "\u{800}", "\u{fffd}", "😀",
        "\u{10ffff}", "eight by", "\\ud800", "\\udd00", "\\ud800\\u0041", "\\x", "\\u00g0", "\u{1f}", "\n", "\\u12",
    ]

    private mutating func value(depth: Int) {
        switch choose(depth == 0 ? 3 : 7) {
        case 0: put(choose(["true", "false", "null", "tru", "nulL"]))
        case 1: put(choose(["0", "-1", "1.5", "1e9", "-0.5E+10", "01", "1.", "-", "1e", ".5", "+1", "1e+"]))
        case 2: put("\"\(choose(Self.pieces))\"")
        case 3: put(choose(["[]", "{}", "[ ]", "{ }", "[1,]", "{,}", "[1 2]"]))
        case 4:
            put("[")
            value(depth: depth - 1)
            put(",")
            value(depth: depth - 1)
            put("]")
        case 5:
            put("{\"\(choose(Self.pieces))\":")
            value(depth: depth - 1)
            put("}")
        default:
            // About as deep as a document may be; what is outside counts too.
            let depth = 490 + choose(30)
            put(String(repeating: "[", count: depth) + String(repeating: "]", count: depth))
        }
    }
}
