/// Where a field stands, as server-side apply tells fields apart: elements of `webhooks` by their name, other lists as
/// a whole.
typealias FieldPath = [String]

extension FieldPath {
    var isWebhook: Bool { count == 2 && self[0] == "webhooks" }
    /// It goes only with its webhook.
    var isNameOfWebhook: Bool { count == 3 && self[0] == "webhooks" && self[2] == "name" }
}

extension JSONValue {
    /// The fields of what is applied, or that an object has. Each element of `webhooks` is one itself, beside its fields.
    func fields(at path: FieldPath = []) -> Set<FieldPath> {
        if path.isEmpty || !Self.isAtomic(path), let object {
            var found: Set<FieldPath> = path.isWebhook ? [path] : []
            for (key, value) in object where !Self.isIdentity(path + [key]) {
                found.formUnion(value.fields(at: path + [key]))
            }
            return found
        }
        if path == ["webhooks"], let array {
            return array.reduce(into: []) { found, element in
                found.formUnion(element.fields(at: path + [element["name"]?.string ?? ""]))
            }
        }
        return [path]
    }

    /// What stands at a path.
    func value(at path: FieldPath) -> JSONValue? {
        guard let first = path.first else { return self }
        let rest = Array(path.dropFirst())
        if let array { return array.first { $0["name"]?.string == first }?.value(at: rest) }
        return self[first]?.value(at: rest)
    }

    /// Sets what stands at a path, nil to take it away. Elements that are new go to the end.
    mutating func set(_ value: JSONValue?, at path: FieldPath) {
        guard let first = path.first else { return }
        let rest = Array(path.dropFirst())
        if case .array(var elements) = self {
            let index = elements.firstIndex { $0["name"]?.string == first }
            if rest.isEmpty {
                if let value {
                    if let index { elements[index] = value } else { elements.append(value) }
                } else if let index {
                    elements.remove(at: index)
                }
            } else if let index {
                elements[index].set(value, at: rest)
            } else if value != nil {
                var element: JSONValue = ["name": .string(first)]
                element.set(value, at: rest)
                elements.append(element)
            }
            self = .array(elements)
        } else if rest.isEmpty {
            self[first] = value
        } else {
            var inner = self[first]
            if inner == nil, value == nil { return }
            if inner == nil { inner = first == "webhooks" ? .array([]) : .object([:]) }
            inner?.set(value, at: rest)
            self[first] = inner
        }
    }

    /// Label selectors are set as a whole.
    private static func isAtomic(_ path: FieldPath) -> Bool { path.last?.hasSuffix("Selector") == true }

    /// What names an object is owned by none.
    private static func isIdentity(_ path: FieldPath) -> Bool {
        path == ["apiVersion"] || path == ["kind"]
            || path.first == "metadata" && path.count == 2 && !["labels", "annotations"].contains(path[1])
    }
}
