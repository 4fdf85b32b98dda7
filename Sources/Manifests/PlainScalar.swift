/// What YAML 1.1 makes of a scalar without quotes, as Kubernetes' tools read it (sigs.k8s.io/yaml).
enum PlainScalar {
    private static let words: Set<String> = [
        "", "~", "null", "Null", "NULL", "y", "Y", "yes", "Yes", "YES", "n", "N", "no", "No", "NO", "true", "True",
        "TRUE", "false", "False", "FALSE", "on", "On", "ON", "off", "Off", "OFF", ".nan", ".NaN", ".NAN", ".inf",
        ".Inf", ".INF", "+.inf", "+.Inf", "+.INF", "-.inf", "-.Inf", "-.INF", "<<",
    ]

    /// Whether it is a string: no number, boolean or null.
    static func isString(_ text: String) -> Bool {
        guard let first = text.utf8.first else { return false }
        // Numbers and the words above begin with one of these.
        guard "0123456789+-.~nNyYtTfFoO<".utf8.contains(first) else { return true }
        return !words.contains(text) && !isNumber(text)
    }

    private static func isNumber(_ text: String) -> Bool {
        let plain = text.filter { $0 != "_" }
        let digits = plain.drop { $0 == "+" || $0 == "-" }
        guard plain.count - digits.count <= 1, let first = digits.utf8.first, first < 0x80 else { return false }
        for (mark, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(mark) {
            return UInt64(digits.dropFirst(2), radix: radix) != nil
        }
        var hasDigit = false
        var hasPoint = false
        var rest = Array(digits.utf8)[...]
        while let byte = rest.first {
            if (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
                hasDigit = true
            } else if byte == UInt8(ascii: "."), !hasPoint {
                hasPoint = true
            } else {
                break
            }
            rest = rest.dropFirst()
        }
        guard hasDigit else { return false }
        if rest.isEmpty { return true }
        guard rest.first == UInt8(ascii: "e") || rest.first == UInt8(ascii: "E") else { return false }
        rest = rest.dropFirst()
        if rest.first == UInt8(ascii: "+") || rest.first == UInt8(ascii: "-") { rest = rest.dropFirst() }
        return !rest.isEmpty && rest.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    /// Whether an image may stand without quotes wherever a scalar may, and is a string there.
    static func takes(_ image: String) -> Bool {
        guard let first = image.utf8.first, first != UInt8(ascii: "[") else { return false }
        return image.utf8.allSatisfy { byte in
            let isAlphanumeric =
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
            return isAlphanumeric || "._-/:@".utf8.contains(byte)
        } && isString(image) && image.utf8.last != UInt8(ascii: ":") && !"-.@:".utf8.contains(first)
    }
}
