import Manifests

extension Tree {
    /// A node as Kubernetes' tools make JSON of it: aliases followed, `<<` merged in, of repeated keys the last.
    func json(_ node: Int) -> String {
        let own = nodes[resolved(node)]
        switch own.kind {
        case .scalar: return own.isString ? Self.quoted(own.text) : Self.other(own.text)
        case .sequence: return "[" + elements(node).map(json).joined(separator: ",") + "]"
        case .mapping, .alias:
            var order: [String] = []
            var values: [String: Int] = [:]
            members(resolved(node), &order, &values)
            return "{" + order.map { Self.quoted($0) + ":" + json(values[$0] ?? node) }.joined(separator: ",") + "}"
        }
    }

    /// Own members over merged ones, and of these the first source's over the others'.
    private func members(_ mapping: Int, _ order: inout [String], _ values: inout [String: Int]) {
        let pairs = Array(children(mapping))
        var own: [(String, Int)] = []
        var sources: [Int] = []
        for index in stride(from: 0, to: pairs.count, by: 2) {
            let key = nodes[pairs[index]]
            if key.style == .plain, key.text == "<<" {
                let source = resolved(pairs[index + 1])
                sources += nodes[source].kind == .sequence ? elements(source).map(resolved) : [source]
            } else {
                own.append((key.text, pairs[index + 1]))
            }
        }
        for source in sources.reversed() { members(source, &order, &values) }
        for (key, value) in own {
            if values[key] == nil { order.append(key) }
            values[key] = value
        }
    }

    private static func other(_ text: String) -> String { ["true", "false"].contains(text) ? text : "null" }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": result += "\\" + String(scalar)
            case _ where scalar.value < 0x20:
                result += "\\u00" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
