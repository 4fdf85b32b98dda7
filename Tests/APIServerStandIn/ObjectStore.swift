/// The objects, with one counter for their versions as etcd has it.
struct ObjectStore: Sendable {
    struct Key: Hashable, Sendable {
        let resource: APIResource
        let namespace: String?
        let name: String
    }

    struct Stored: Sendable {
        var object: JSONValue
        /// The fields that each field manager applied.
        var owners: [String: Set<FieldPath>] = [:]
    }

    private var current: [Key: Stored] = [:]
    /// What each object was before its last change; nil where there was none.
    private var previous: [Key: Stored?] = [:]
    private var version = 100
    private var identity = 0

    subscript(_ key: Key) -> Stored? { current[key] }

    /// As a server whose cache lags behind has it.
    func stale(_ key: Key) -> Stored? { previous[key] ?? current[key] }

    func all(_ resource: APIResource) -> [JSONValue] {
        current.filter { $0.key.resource == resource }.sorted { $0.key.name < $1.key.name }.map(\.value.object)
    }

    var latestVersion: String { "\(version)" }

    /// Stores it as a new version; one that is as what is there changes nothing. Answers what is there then.
    mutating func put(_ new: Stored, at key: Key, created: String) -> JSONValue {
        var new = new
        var metadata = new.object["metadata"] ?? [:]
        let old = current[key]
        let oldMetadata = old?.object["metadata"]
        metadata["name"] = .string(key.name)
        metadata["namespace"] = key.namespace.map { .string($0) }
        if oldMetadata == nil { identity += 1 }
        metadata["uid"] = oldMetadata?["uid"] ?? "00000000-0000-4000-8000-\(String(identity + 100_000_000_000))"
        metadata["creationTimestamp"] = oldMetadata?["creationTimestamp"] ?? .string(created)
        metadata["resourceVersion"] = oldMetadata?["resourceVersion"]
        new.object["metadata"] = metadata
        new.object["apiVersion"] = .string(key.resource.apiVersion)
        new.object["kind"] = .string(key.resource.kind)
        if let old, old.object == new.object, old.owners == new.owners { return old.object }
        version += 1
        metadata["resourceVersion"] = .string(latestVersion)
        new.object["metadata"] = metadata
        previous[key] = .some(old)
        current[key] = new
        return new.object
    }

    /// Answers what was there.
    mutating func remove(_ key: Key) -> JSONValue? {
        guard let old = current.removeValue(forKey: key) else { return nil }
        version += 1
        previous[key] = .some(old)
        return old.object
    }
}
