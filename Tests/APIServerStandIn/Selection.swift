/// Which objects a list or a watch is of: its namespace, `labelSelector` and `fieldSelector`.
struct Selection: Sendable {
    private enum Requirement: Sendable {
        case isIn(String, Set<String>)
        /// Also true where there is no such label.
        case isNotIn(String, Set<String>)
        case exists(String)
        case doesNotExist(String)
    }

    private let namespace: String?
    private let name: String?
    private let requirements: [Requirement]

    init(_ request: APIRequest) {
        namespace = request.namespace
        name = request.name
        requirements = Self.parts(request.query["labelSelector"] ?? "").map(Self.requirement)
    }

    func contains(_ object: JSONValue) -> Bool {
        let metadata = object["metadata"]
        guard namespace == nil || metadata?["namespace"]?.string == namespace,
            name == nil || metadata?["name"]?.string == name
        else { return false }
        let labels = metadata?["labels"]
        return requirements.allSatisfy { requirement in
            switch requirement {
            case .isIn(let key, let values): labels?[key]?.string.map(values.contains) ?? false
            case .isNotIn(let key, let values): !(labels?[key]?.string.map(values.contains) ?? false)
            case .exists(let key): labels?[key] != nil
            case .doesNotExist(let key): labels?[key] == nil
            }
        }
    }

    /// What stands between commas that are not within parentheses.
    private static func parts(_ text: String) -> [String] {
        var (parts, depth) = ([""], 0)
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.map { String($0.filter { $0 != "\n" }) }.filter { !$0.isEmpty }
    }

    private static func requirement(_ text: String) -> Requirement {
        if let match = text.wholeMatch(of: /\s*(\S+) (in|notin) \((.*)\)\s*/) {
            let values = Set(match.3.split(separator: ",").map { String($0.filter { $0 != " " }) })
            return match.2 == "in" ? .isIn(String(match.1), values) : .isNotIn(String(match.1), values)
        }
        if let match = text.wholeMatch(of: /([^=!]+)!=(.*)/) { return .isNotIn(String(match.1), [String(match.2)]) }
        if let match = text.wholeMatch(of: /([^=!]+)==?(.*)/) { return .isIn(String(match.1), [String(match.2)]) }
        return text.hasPrefix("!") ? .doesNotExist(String(text.dropFirst())) : .exists(text)
    }
}
