/// What the server keeps: objects, and the authorities of the cluster.
struct Cluster: Sendable {
    var store = ObjectStore()
    let namespaces: Set<String>
    /// The one that signs now.
    var authority: TestAuthority
    var log: [APIServerStandIn.LogEntry] = []

    private static let authoritiesName = "kube-root-ca.crt"

    init(namespaces: Set<String>, authority: TestAuthority, now: Int64) {
        self.namespaces = namespaces
        self.authority = authority
        publish([authority], now: now)
    }

    /// Puts these authorities where kube-controller-manager does: into each namespace.
    mutating func publish(_ authorities: [TestAuthority], now: Int64) {
        let text = authorities.map { String(decoding: $0.certificate, as: UTF8.self) }.joined()
        for namespace in namespaces {
            let key = ObjectStore.Key(resource: .configMaps, namespace: namespace, name: Self.authoritiesName)
            put(["data": ["ca.crt": .string(text)]], at: key, now: now)
        }
    }

    /// Stores it, whoever owned what.
    @discardableResult
    mutating func put(_ object: JSONValue, at key: ObjectStore.Key, now: Int64) -> JSONValue {
        let stored = store[key]?.updated(object) ?? ObjectStore.Stored(created: object)
        return store.put(stored, at: key, created: timestamp(now))
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
}
