/// What the server keeps: objects, and the authorities of the cluster.
struct Cluster: Sendable {
    var store = ObjectStore()
    /// How often watches were told to go on with a bookmark.
    var bookmarks = 0
    /// The one that signs now.
    var authority: TestAuthority
    var log: [APIServerStandIn.LogEntry] = []

    private static let authoritiesName = "kube-root-ca.crt"

    init(namespaces: Set<String>, authority: TestAuthority, now: Int64) {
        self.authority = authority
        for name in namespaces.sorted() { put([:], at: .namespace(name), now: now) }
        publish([authority], now: now)
    }

    /// Puts these authorities where kube-controller-manager does: into each namespace.
    mutating func publish(_ authorities: [TestAuthority], now: Int64) {
        let text = authorities.map { String(decoding: $0.certificate, as: UTF8.self) }.joined()
        for namespace in store.all(.namespaces).compactMap({ $0["metadata"]?["name"]?.string }) {
            let key = ObjectStore.Key(resource: .configMaps, namespace: namespace, name: Self.authoritiesName)
            put(["data": ["ca.crt": .string(text)]], at: key, now: now)
        }
    }

    /// Stores it, whoever owned what.
    @discardableResult
    mutating func put(_ object: JSONValue, at key: ObjectStore.Key, now: Int64) -> JSONValue {
        var object = object
        if key.resource == .namespaces {
            // What the server itself says of each.
            var metadata = object["metadata"] ?? [:]
            var labels = metadata["labels"] ?? [:]
            labels["kubernetes.io/metadata.name"] = .string(key.name)
            metadata["labels"] = labels
            object["metadata"] = metadata
            object["status"] = object["status"] ?? ["phase": "Active"]
        }
        let stored = store[key]?.updated(object) ?? ObjectStore.Stored(created: object)
        return store.put(stored, at: key, created: timestamp(now))
    }

    /// Takes it away, a namespace with all that is in it. False where there was nothing.
    mutating func remove(_ key: ObjectStore.Key) -> Bool {
        if key.resource == .namespaces {
            for resource in APIResource.allCases where resource.isNamespaced {
                for object in store.all(resource) where object["metadata"]?["namespace"]?.string == key.name {
                    let name = object["metadata"]?["name"]?.string ?? ""
                    _ = store.remove(ObjectStore.Key(resource: resource, namespace: key.name, name: name))
                }
            }
        }
        return store.remove(key) != nil
    }

    /// Has the signers do what is due.
    mutating func sign(with signers: [String: Signer], now: Int64) {
        for object in store.all(.certificateSigningRequests) {
            let signer = object["spec"]?["signerName"]?.string.flatMap { signers[$0] } ?? .silent
            let new = signer.look(at: object, authority: authority, now: now)
            if new != object { put(new, at: .request(object["metadata"]?["name"]?.string ?? ""), now: now) }
        }
    }
}

extension ObjectStore.Key {
    static func request(_ name: String) -> ObjectStore.Key {
        ObjectStore.Key(resource: .certificateSigningRequests, namespace: nil, name: name)
    }

    static func namespace(_ name: String) -> ObjectStore.Key {
        ObjectStore.Key(resource: .namespaces, namespace: nil, name: name)
    }
}
