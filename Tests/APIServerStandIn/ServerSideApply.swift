import YAML

/// https://kubernetes.io/docs/reference/using-api/server-side-apply/
enum ServerSideApply {
    /// The fields that others own and that would be changed: it takes force to do so.
    static func conflicts(_ applied: JSONValue, by manager: String, with old: ObjectStore.Stored) -> [FieldPath] {
        applied.fields().filter { path in
            !path.isWebhook && old.object.value(at: path) != applied.value(at: path)
                && old.owners.contains { $0.key != manager && $0.value.contains(path) }
        }
    }

    /// What an object becomes by what a manager applies, by force.
    static func merge(_ applied: JSONValue, by manager: String, into old: ObjectStore.Stored?) -> ObjectStore.Stored {
        var stored = old ?? ObjectStore.Stored(object: ["metadata": ["name": applied["metadata"]?["name"] ?? ""]])
        let fields = applied.fields()
        let others = stored.owners.filter { $0.key != manager }.values.reduce(into: Set()) { $0.formUnion($1) }
        let dropped = (stored.owners[manager] ?? []).subtracting(fields).subtracting(others)
        // A webhook goes as a whole unless someone else owns it, whoever owns fields in it.
        for path in dropped.sorted(by: { $0.count < $1.count }) where !path.isNameOfWebhook {
            stored.object.set(nil, at: path)
        }
        // In the order of the text, so that new webhooks stand as they do there.
        for webhook in applied["webhooks"]?.array ?? [] {
            let path = ["webhooks", webhook["name"]?.string ?? ""]
            if stored.object.value(at: path) == nil { stored.object.set(["name": .string(path[1])], at: path) }
        }
        for path in fields where !path.isWebhook {
            let value = applied.value(at: path)
            if stored.object.value(at: path) != value { stored.lose(path, except: manager) }
            stored.object.set(value, at: path)
        }
        stored.owners[manager] = fields
        return stored
    }

    static func parse(_ body: [UInt8]) throws(APIAnswer) -> JSONValue {
        do throws(YAMLError) {
            return try YAMLNode(document: body)?.json ?? .null
        } catch {
            throw .failure(
                400, "BadRequest",
                "error decoding YAML: error converting YAML to JSON: yaml: line \(error.mark.line):"
                    + " \(error.reason)")
        }
    }
}

extension ObjectStore.Stored {
    /// The manager of what was created or changed other than by apply.
    private static let updater = "update"

    /// One that is created other than by apply.
    init(created object: JSONValue) {
        self.init(object: object, owners: [Self.updater: object.fields()])
    }

    /// Whoever else applied a field that is changed owns it no more.
    mutating func lose(_ path: FieldPath, except manager: String? = nil) {
        for (owner, fields) in owners where owner != manager && fields.contains(path) {
            owners[owner]?.remove(path)
        }
    }

    /// This object with what an update makes of it.
    func updated(_ object: JSONValue) -> ObjectStore.Stored {
        var new = ObjectStore.Stored(object: object, owners: owners)
        for path in self.object.fields().union(object.fields()) {
            let (old, value) = (self.object.value(at: path), object.value(at: path))
            // A webhook is another one only where it comes or goes.
            guard path.isWebhook ? (old == nil) != (value == nil) : old != value else { continue }
            new.lose(path)
            if value != nil { new.owners[Self.updater, default: []].insert(path) }
        }
        return new
    }
}

extension YAMLNode {
    fileprivate var json: JSONValue {
        switch content {
        case .sequence(let nodes, _): .array(nodes.map(\.json))
        case .mapping(let pairs, _):
            .object(Dictionary(pairs.map { ($0.key.string ?? "", $0.value.json) }) { _, last in last })
        case .scalar(let text, let style):
            if isNull {
                .null
            } else if let bool {
                .bool(bool)
            } else if style == .plain, text.allSatisfy("0123456789.+-eE".contains), let number = Double(text) {
                .number(number)
            } else {
                .string(text)
            }
        }
    }
}
