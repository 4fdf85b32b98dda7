import Foundation

extension JSONValue {
    /// RFC 7386.
    func merged(with patch: JSONValue) -> JSONValue {
        guard let changes = patch.object else { return patch }
        var result = object ?? [:]
        for (key, value) in changes {
            result[key] = value == .null ? nil : (result[key] ?? .null).merged(with: value)
        }
        return .object(result)
    }

    /// RFC 6902, of which `add` and `replace` are enough here. Nil where a place is not there.
    func patched(with operations: [JSONValue]) -> JSONValue? {
        var result = self
        for operation in operations {
            guard ["add", "replace"].contains(operation["op"]?.string), let path = operation["path"]?.string,
                let value = operation["value"]
            else { return nil }
            let segments = path.split(separator: "/").map {
                $0.replacingOccurrences(of: "~1", with: "/").replacingOccurrences(of: "~0", with: "~")
            }
            guard let next = result.replacing(segments[...], by: value, isNew: operation["op"] == "add") else {
                return nil
            }
            result = next
        }
        return result
    }

    private func replacing(_ path: ArraySlice<String>, by value: JSONValue, isNew: Bool) -> JSONValue? {
        guard let first = path.first else { return value }
        switch self {
        case .object(var fields):
            guard let inner = fields[first] ?? (path.count == 1 && isNew ? .null : nil) else { return nil }
            guard let new = inner.replacing(path.dropFirst(), by: value, isNew: isNew) else { return nil }
            fields[first] = new
            return .object(fields)
        case .array(var elements):
            // What would put an element in is not needed here.
            guard let index = Int(first), elements.indices.contains(index), path.count > 1,
                let new = elements[index].replacing(path.dropFirst(), by: value, isNew: isNew)
            else { return nil }
            elements[index] = new
            return .array(elements)
        default: return nil
        }
    }
}
