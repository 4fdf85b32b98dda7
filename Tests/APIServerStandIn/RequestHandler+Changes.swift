extension RequestHandler {
    func patch(_ name: String, in cluster: inout Cluster) throws(APIAnswer) -> APIAnswer {
        let old = cluster.store[key(name)]
        var new: ObjectStore.Stored
        switch request.headers["content-type"] {
        case "application/apply-patch+yaml": new = try applied(name, over: old)
        case "application/merge-patch+json", "application/json-patch+json":
            guard let old else { throw .notFound(resource, name) }
            new = old.updated(try patched(old.object))
        default: throw .unsupportedType
        }
        if let old, new.object["metadata"]?["resourceVersion"] != old.object["metadata"]?["resourceVersion"] {
            throw .conflict(resource, name)
        }
        new.object = Validation.defaulted(new.object, resource)
        try Validation.check(new.object, resource, over: old?.object)
        try admit(new.object, over: old?.object, name, in: cluster)
        return .object(
            cluster.store.put(new, at: key(name), created: timestamp(now)), status: old == nil ? 201 : 200)
    }

    private func applied(_ name: String, over old: ObjectStore.Stored?) throws(APIAnswer) -> ObjectStore.Stored {
        var text = try ServerSideApply.parse(request.body)
        guard let manager = request.query["fieldManager"], !manager.isEmpty else {
            throw .failure(
                422, "Invalid",
                "PatchOptions.meta.k8s.io \"\" is invalid: fieldManager: Required value: is required for apply patch")
        }
        guard text["kind"]?.string == resource.kind, text["apiVersion"]?.string == resource.apiVersion else {
            let version = text["apiVersion"]?.string ?? "/"
            throw .failure(
                400, "BadRequest", "invalid object type: \(version), Kind=\(text["kind"]?.string ?? "")")
        }
        if old == nil, !permissions("create", resource.rawValue, name) {
            throw .forbidden(request, resource, verb: "create")
        }
        do throws(Validation.BadBase64) {
            text = try Validation.decoded(text, resource)
        } catch {
            // The real one gives no reason here, and 500.
            throw .failure(
                500, nil,
                "failed to convert new object (/\(name); \(resource.apiVersion), Kind=\(resource.kind)) to proper"
                    + " version: unable to convert unstructured object to \(resource.apiVersion),"
                    + " Kind=\(resource.kind): error decoding from json: illegal base64 data at input byte"
                    + " \(error.place)")
        }
        if let old, request.query["force"] != "true" {
            let conflicts = ServerSideApply.conflicts(text, by: manager, with: old)
            guard conflicts.isEmpty else {
                let fields = conflicts.map { "." + $0.joined(separator: ".") }.sorted().joined(separator: ", ")
                throw .failure(409, "Conflict", "Apply failed with \(conflicts.count) conflicts: \(fields)")
            }
        }
        var merged = ServerSideApply.merge(text, by: manager, into: old)
        // Where nothing is there, the real one does not ask for the version either.
        if old != nil, let version = text["metadata"]?["resourceVersion"] {
            merged.object["metadata"]?["resourceVersion"] = version
        }
        return merged
    }

    private func patched(_ old: JSONValue) throws(APIAnswer) -> JSONValue {
        guard let patch = try? JSONValue(request.body) else {
            throw .failure(400, "BadRequest", "error decoding patch: invalid character")
        }
        let new: JSONValue
        if let operations = patch.array {
            guard let patched = old.patched(with: operations) else {
                throw .failure(
                    422, "Invalid", "the server rejected our request due to an error in our request", details: [:])
            }
            new = patched
        } else {
            new = old.merged(with: patch)
        }
        do throws(Validation.BadBase64) {
            return try Validation.decoded(new, resource)
        } catch {
            // As the real one: with all that the object holds.
            let text = (try? new.bytes).map { String(decoding: $0, as: UTF8.self) } ?? ""
            throw .failure(
                422, "Invalid", " \"\" is invalid: patch: Invalid value: \(String(reflecting: text))", details: [:])
        }
    }

    /// Takes the conditions of what was sent, and nothing else of it.
    func approve(_ name: String, in cluster: inout Cluster) throws(APIAnswer) -> JSONValue {
        guard let sent = try? JSONValue(request.body) else {
            throw .failure(400, "BadRequest", "the object provided is unrecognized")
        }
        guard var object = cluster.store[key(name)]?.object else { throw .notFound(resource, name) }
        let signer = object["spec"]?["signerName"]?.string ?? ""
        guard permissions("approve", "signers", signer) else {
            throw .forbidden(
                request, resource, reason: "user not permitted to approve requests with signerName \"\(signer)\"")
        }
        guard sent["metadata"]?["resourceVersion"] == object["metadata"]?["resourceVersion"] else {
            throw .conflict(resource, name)
        }
        let old = object["status"]?["conditions"]?.array ?? []
        let new = sent["status"]?["conditions"]?.array ?? []
        for condition in old where !new.contains(where: { $0["type"] == condition["type"] }) {
            let type = condition["type"]?.string ?? ""
            throw .invalid(
                resource, name,
                [("status.conditions", "Forbidden: updates may not remove a condition of type \"\(type)\"")])
        }
        object["status"]?["conditions"] = .array(
            new.map { condition in
                if let kept = old.first(where: { $0["type"] == condition["type"] }) { return kept }
                return Signer.condition(
                    condition["type"]?.string ?? "", reason: condition["reason"]?.string ?? "",
                    message: condition["message"]?.string ?? "", now: now)
            })
        return cluster.put(object, at: key(name), now: now)
    }
}
