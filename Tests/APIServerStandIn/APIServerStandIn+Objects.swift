import Posix

/// The objects, as a test sees and sets them beside all clients.
extension APIServerStandIn {
    /// Nil where there is none. Requests for certificates are as signers have left them by now.
    package func get(_ resource: APIResource, _ name: String, namespace: String? = nil) -> JSONValue? {
        let (now, signers) = (time.now(), signers)
        return service.cluster.withLock { cluster in
            cluster.sign(with: signers, now: now)
            return cluster.store[key(resource, name, namespace)]?.object
        }
    }

    package func all(_ resource: APIResource) -> [JSONValue] {
        let (now, signers) = (time.now(), signers)
        return service.cluster.withLock { cluster in
            cluster.sign(with: signers, now: now)
            return cluster.store.all(resource)
        }
    }

    /// Stores an object under the name in its metadata, whatever was there, unchecked. Answers it as it is stored.
    @discardableResult
    package func put(_ resource: APIResource, _ object: JSONValue) -> JSONValue {
        let now = time.now()
        let metadata = object["metadata"]
        let key = key(resource, metadata?["name"]?.string ?? "", metadata?["namespace"]?.string)
        defer { service.cluster.notify() }
        return service.cluster.withLock { $0.put(Validation.defaulted(object, resource), at: key, now: now) }
    }

    /// Stores the objects of a YAML file of the kinds that the server has.
    package func put(manifest: String) throws {
        for text in manifest.split(separator: "\n---\n") {
            let object = try ServerSideApply.parse(Array(text.utf8))
            let resource = APIResource.allCases.first { $0.kind == object["kind"]?.string }
            if let resource { put(resource, object) }
        }
    }

    /// Changes what is there; false where there is nothing.
    @discardableResult
    package func change(
        _ resource: APIResource, _ name: String, namespace: String? = nil, _ body: (inout JSONValue) -> Void
    ) -> Bool {
        let now = time.now()
        let key = key(resource, name, namespace)
        defer { service.cluster.notify() }
        return service.cluster.withLock { cluster in
            guard var object = cluster.store[key]?.object else { return false }
            body(&object)
            cluster.put(object, at: key, now: now)
            return true
        }
    }

    /// A namespace goes with all that is in it.
    @discardableResult
    package func remove(_ resource: APIResource, _ name: String, namespace: String? = nil) -> Bool {
        defer { service.cluster.notify() }
        return service.cluster.withLock { $0.remove(key(resource, name, namespace)) }
    }

    /// Forgets what happened so far: who watches from before is told 410.
    package func compact() { service.cluster.withLock { $0.store.compact() } }

    /// Has each watch that asked for bookmarks sent one.
    package func sendBookmarks() {
        service.cluster.withLock { $0.bookmarks += 1 }
        service.cluster.notify()
    }

    /// As `kubectl certificate approve` does.
    @discardableResult
    package func approve(_ name: String) -> Bool {
        let now = time.now()
        return change(.certificateSigningRequests, name) { object in
            let conditions = object["status"]?["conditions"]?.array ?? []
            let approved = Signer.condition("Approved", reason: "KubectlApprove", message: "by a test", now: now)
            object["status"] = object["status"] ?? [:]
            object["status"]?["conditions"] = .array(conditions + [approved])
        }
    }

    /// The authority that signs CertificateSigningRequests now.
    package var clusterAuthority: TestAuthority { service.cluster.withLock { $0.authority } }

    /// Has another authority sign from now on. ConfigMap kube-root-ca.crt has it at once, and the old one with it
    /// where that is to be kept.
    package func renewClusterAuthority(keepsOld: Bool = true) throws {
        let now = time.now()
        let new = try APIService.clusterAuthority(at: now)
        service.cluster.withLock { cluster in
            let old = cluster.authority
            cluster.authority = new
            cluster.publish(keepsOld ? [old, new] : [new], now: now)
        }
    }

    private func key(_ resource: APIResource, _ name: String, _ namespace: String?) -> ObjectStore.Key {
        ObjectStore.Key(
            resource: resource, namespace: resource.isNamespaced ? namespace ?? "imageswap-system" : nil, name: name)
    }
}
