/// Does what one request asks for.
struct RequestHandler {
    let request: APIRequest
    let resource: APIResource
    let now: Int64
    /// Whether a GET is answered from before the last change.
    var isStale = false
    let settings: APIServerStandIn.Settings

    var permissions: APIServerStandIn.Permissions { settings.permissions }

    func answer(in cluster: inout Cluster) -> APIAnswer {
        do throws(APIAnswer) {
            guard permissions(request.verb, request.resourceName, request.name) else {
                throw .forbidden(request, resource)
            }
            switch (request.method, request.objectName, request.subresource) {
            case ("GET", let name?, nil): return .object(try get(name, in: cluster))
            case ("GET", nil, nil): return .object(try list(in: cluster))
            case ("POST", nil, nil) where resource == .selfSubjectReviews:
                return .object(["status": ["userInfo": ["username": .string(request.user ?? "")]]], status: 201)
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
        let preconditions = (try? JSONValue(request.body))?["preconditions"]
        if let wanted = preconditions?["uid"], wanted != uid {
            throw .otherUID(resource, name, wanted: wanted.string ?? "", found: uid?.string ?? "")
        }
        let version = old["metadata"]?["resourceVersion"]
        if let wanted = preconditions?["resourceVersion"], wanted != version {
            throw .otherVersion(resource, name, wanted: wanted.string ?? "", found: version?.string ?? "")
        }
        try admit(nil, over: old, name, in: cluster)
        if !request.isDryRun { _ = cluster.remove(key(name)) }
        return .deleted(resource, name, uid: uid)
    }

    /// Asks admission.
    func admit(_ object: JSONValue?, over old: JSONValue?, _ name: String, in cluster: Cluster) throws(APIAnswer) {
        let change = APIServerStandIn.AdmittedChange(
            user: request.user, resource: resource, object: object, old: old,
            isThere: { cluster.store[ObjectStore.Key(resource: $0, namespace: nil, name: $1)] != nil })
        if let denial = settings.admission(change) {
            throw .denied(resource, name, policy: denial.policy, denial.message)
        }
    }

    /// A page of a list, where the request wants pages. What it goes on with is `version/name/namespace`.
    private func list(in cluster: Cluster) throws(APIAnswer) -> JSONValue {
        if request.isWatch, settings.answersExpired,
            let version = request.query["resourceVersion"].flatMap({ Int($0) }),
            version < cluster.store.oldest
        {
            throw .expired(version, cluster.store.oldest)
        }
        let selection = Selection(request)
        var items = cluster.store.all(resource).filter(selection.contains)
        var metadata: JSONValue = ["resourceVersion": .string(cluster.store.latestVersion)]
        func place(_ object: JSONValue) -> String {
            "\(object["metadata"]?["name"]?.string ?? "")/\(object["metadata"]?["namespace"]?.string ?? "")"
        }
        if let rest = request.query["continue"] {
            let version = rest.prefix { $0 != "/" }
            if (Int(version) ?? 0) < cluster.store.oldest {
                throw .failure(
                    410, "Expired", "The provided continue parameter is too old to display a consistent list result.")
            }
            let last = rest.dropFirst(version.count + 1)
            if let index = items.firstIndex(where: { place($0) == last }) { items.removeFirst(index + 1) }
            metadata["resourceVersion"] = .string(String(version))
        }
        if let limit = request.query["limit"].flatMap({ Int($0) }), limit > 0, items.count > limit {
            items.removeLast(items.count - limit)
            let version = metadata["resourceVersion"]?.string ?? ""
            metadata["continue"] = .string("\(version)/\(items.last.map(place) ?? "")")
        }
        return [
            "kind": .string(resource.kind + "List"), "apiVersion": .string(resource.apiVersion), "metadata": metadata,
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
            guard let found = cluster.store[.namespace(namespace)] else {
                throw .failure(
                    404, "NotFound", "namespaces \"\(namespace)\" not found",
                    details: ["name": .string(namespace), "kind": "namespaces"])
            }
            if found.object["status"]?["phase"] == "Terminating" {
                let name = object["metadata"]?["name"]?.string ?? ""
                throw .failure(
                    403, "Forbidden",
                    "\(resource.qualifiedName) \"\(name)\" is forbidden: unable to create new content in namespace"
                        + " \(namespace) because it is being terminated")
            }
        }
        object = Validation.defaulted(object, resource)
        if resource == .certificateSigningRequests {
            object["spec"]?["username"] = .string(request.user ?? "")
            object["status"] = [:]
        }
        try Validation.check(object, resource, over: nil)
        let name = object["metadata"]?["name"]?.string ?? ""
        try admit(object, over: nil, name, in: cluster)
        guard cluster.store[key(name)] == nil else { throw .alreadyExists(resource, name) }
        if request.isDryRun { return .object(object, status: 201) }
        return .object(cluster.put(object, at: key(name), now: now), status: 201)
    }
}
