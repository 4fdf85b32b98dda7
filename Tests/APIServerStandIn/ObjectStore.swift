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

    /// What happened to one object.
    struct Change: Sendable {
        let version: Int
        let key: Key
        /// Nil where it was made.
        let old: JSONValue?
        /// Nil where it was removed.
        let new: JSONValue?
    }

    private var current: [Key: Stored] = [:]
    /// All changes since `oldest`.
    private var changes: [Change] = []
    /// The version before which nothing is known any more.
    private(set) var oldest = 100
    /// What each object was before its last change; nil where there was none.
    private var previous: [Key: Stored?] = [:]
    private(set) var version = 100
    private var identity = 0

    subscript(_ key: Key) -> Stored? { current[key] }

    /// As a server whose cache lags behind has it.
    func stale(_ key: Key) -> Stored? { previous[key] ?? current[key] }

    func all(_ resource: APIResource) -> [JSONValue] {
        current.filter { $0.key.resource == resource }
            .sorted { ($0.key.name, $0.key.namespace ?? "") < ($1.key.name, $1.key.namespace ?? "") }
            .map(\.value.object)
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
        changes.append(Change(version: version, key: key, old: old?.object, new: new.object))
        return new.object
    }

    /// What happened to a resource's objects after a version.
    func changes(of resource: APIResource, after version: Int) -> [Change] {
        changes.filter { $0.version > version && $0.key.resource == resource }
    }

    /// Forgets what happened, as etcd does after five minutes.
    mutating func compact() {
        version += 1
        oldest = version
        changes = []
    }

    /// Answers what was there.
    mutating func remove(_ key: Key) -> JSONValue? {
        guard let old = current.removeValue(forKey: key) else { return nil }
        version += 1
        previous[key] = .some(old)
        changes.append(Change(version: version, key: key, old: old.object, new: nil))
        return old.object
    }
}
