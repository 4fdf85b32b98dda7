/// A literal of CEL (https://github.com/google/cel-spec).
struct CELText {
    let text: String

    static func string(_ value: String) -> CELText { CELText(text: quoted(value)) }

    static func list(_ elements: [CELText]) -> CELText {
        CELText(text: "[" + elements.map(\.text).joined(separator: ", ") + "]")
    }

    /// In this order.
    static func map(_ members: [(name: String, value: CELText)]) -> CELText {
        CELText(text: "{" + members.map { "\(quoted($0.name)): \($0.value.text)" }.joined(separator: ", ") + "}")
    }

    /// A list with its elements on lines of their own, for people.
    static func lines(_ elements: [CELText]) -> String {
        elements.isEmpty ? "[]" : "[\n" + elements.map { "  \($0.text)" }.joined(separator: ",\n") + "\n]"
    }

    /// The same of a map.
    static func lines(_ members: [(name: String, value: CELText)]) -> String {
        let lines = members.map { "  \(quoted($0.name)): \($0.value.text)" }
        return lines.isEmpty ? "{}" : "{\n" + lines.joined(separator: ",\n") + "\n}"
    }

    static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
