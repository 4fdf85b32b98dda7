/// Does what one request asks for.
struct RequestHandler {
    let request: APIRequest
    let resource: APIResource
    let now: Int64
    /// Whether a GET is answered from before the last change.
    var isStale = false
    let permissions: APIServerStandIn.Permissions

    func answer(in cluster: inout Cluster) -> APIAnswer {
        do throws(APIAnswer) {
            guard permissions(request.verb, request.resourceName, request.name) else {
                throw .forbidden(request, resource)
            }
            switch (request.method, request.name, request.subresource) {
            case ("GET", let name?, nil): return .object(try get(name, in: cluster))
            case ("GET", nil, nil): return .object(list(in: cluster))
            case ("POST", nil, nil): return try create(in: &cluster)
            case ("PATCH", let name?, nil): return try patch(name, in: &cluster)
            case ("DELETE", let name?, nil):
                return try delete(name, in: &cluster)
            case ("PUT", let name?, "approval") where resource == .certificateSigningRequests:
                return .object(try approve(name, in: &cluster))
            default: throw .badMethod
            }
        } catch {
            return error
        }
    }

    func key(_ name: String) -> ObjectStore.Key {
        ObjectStore.Key(resource: resource, namespace: request.namespace, name: name)
    }

    private func get(_ name: String, in cluster: Cluster) throws(APIAnswer) -> JSONValue {
        let stored = isStale ? cluster.store.stale(key(name)) : cluster.store[key(name)]
        guard let stored else { throw .notFound(resource, name) }
        return stored.object
    }

    private func delete(_ name: String, in cluster: inout Cluster) throws(APIAnswer) -> APIAnswer {
        guard let old = cluster.store[key(name)]?.object else { throw .notFound(resource, name) }
        let uid = old["metadata"]?["uid"]
        if let wanted = (try? JSONValue(request.body))?["preconditions"]?["uid"], wanted != uid {
            throw .otherUID(resource, name, wanted: wanted.string ?? "", found: uid?.string ?? "")
        }
        _ = cluster.store.remove(key(name))
        return .deleted(resource, name, uid: uid)
    }

    private func list(in cluster: Cluster) -> JSONValue {
        let wanted = (request.query["labelSelector"] ?? "").split(separator: ",").map {
            $0.split(separator: "=", omittingEmptySubsequences: true).map(String.init)
        }
        let items = cluster.store.all(resource).filter { object in
            (request.namespace == nil || object["metadata"]?["namespace"]?.string == request.namespace)
                && wanted.allSatisfy { object["metadata"]?["labels"]?[$0[0]]?.string == $0.dropFirst().first }
        }
        return [
            "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion),
            "metadata": ["resourceVersion": .string(cluster.store.latestVersion)],
            "items": .array(
                items.map { item in
                    var item = item
                    (item["kind"], item["apiVersion"]) = (nil, nil)
                    return item
                }),
        ]
    }

    private func create(in cluster: inout Cluster) throws(APIAnswer) -> APIAnswer {
        guard var object = try? JSONValue(request.body) else {
            throw .failure(
                400, "BadRequest",
                "the object provided is unrecognized (must be of type \(resource.kind)): couldn't get version/kind;"
                    + " json parse error")
        }
        do throws(Validation.BadBase64) {
            object = try Validation.decoded(object, resource)
        } catch {
            throw .failure(
                400, "BadRequest",
                "\(resource.kind) in version \"v1\" cannot be handled as a \(resource.kind): illegal base64 data at"
                    + " input byte \(error.place)")
        }
        if let namespace = request.namespace {
            if let own = object["metadata"]?["namespace"]?.string, own != namespace {
                throw .failure(
                    400, "BadRequest",
                    "the namespace of the provided object does not match the namespace sent on the request")
            }
            guard cluster.namespaces.contains(namespace) else {
                throw .failure(
                    404, "NotFound", "namespaces \"\(namespace)\" not found",
                    details: ["name": .string(namespace), "kind": "namespaces"])
            }
        }
        object = Validation.defaulted(object, resource)
        if resource == .certificateSigningRequests {
            object["spec"]?["username"] = .string(request.user ?? "")
            object["status"] = [:]
        }
        try Validation.check(object, resource, over: nil)
        let name = object["metadata"]?["name"]?.string ?? ""
        guard cluster.store[key(name)] == nil else { throw .alreadyExists(resource, name) }
        return .object(cluster.put(object, at: key(name), now: now), status: 201)
    }
}
