/// What the server answers, its failures worded as kube-apiserver 1.36 words them.
package struct APIAnswer: Error, Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)] = []
    package var body: JSONValue

    static func object(_ object: JSONValue, status: Int = 200) -> APIAnswer {
        APIAnswer(status: status, body: object)
    }

    static func failure(_ code: Int, _ reason: String?, _ message: String, details: JSONValue? = nil) -> APIAnswer {
        var body: JSONValue = [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Failure", "message": .string(message),
            "code": .number(Double(code)),
        ]
        body["reason"] = reason.map { .string($0) }
        body["details"] = details
        return APIAnswer(status: code, body: body)
    }

    static let unauthorized = failure(401, "Unauthorized", "Unauthorized")
    static let badMethod = failure(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", details: [:])
    static let unsupportedType = failure(415, "UnsupportedMediaType", "415: Unsupported Media Type", details: [:])

    static func notFound(_ resource: APIResource, _ name: String) -> APIAnswer {
        failure(
            404, "NotFound", "\(resource.qualifiedName) \"\(name)\" not found", details: details(resource, name))
    }

    static func alreadyExists(_ resource: APIResource, _ name: String) -> APIAnswer {
        failure(
            409, "AlreadyExists", "\(resource.qualifiedName) \"\(name)\" already exists",
            details: details(resource, name))
    }

    static func otherUID(_ resource: APIResource, _ name: String, wanted: String, found: String) -> APIAnswer {
        failure(
            409, "Conflict",
            "Operation cannot be fulfilled on \(resource.kind) \"\(name)\": the UID in the precondition (\(wanted))"
                + " does not match the UID in record (\(found)). The object might have been deleted and then recreated",
            details: ["name": .string(name), "kind": .string(resource.kind)])
    }

    static func otherVersion(_ resource: APIResource, _ name: String, wanted: String, found: String) -> APIAnswer {
        failure(
            409, "Conflict",
            "Operation cannot be fulfilled on \(resource.kind) \"\(name)\": the ResourceVersion in the precondition"
                + " (\(wanted)) does not match the ResourceVersion in record (\(found)). The object might have been"
                + " modified",
            details: ["name": .string(name), "kind": .string(resource.kind)])
    }

    /// What a ValidatingAdmissionPolicy's binding says that denies.
    static func denied(_ resource: APIResource, _ name: String, policy: String, _ message: String) -> APIAnswer {
        failure(
            422, "Invalid",
            "\(resource.qualifiedName) \"\(name)\" is forbidden: ValidatingAdmissionPolicy '\(policy)' with binding"
                + " '\(policy)' denied request: \(message)", details: details(resource, name))
    }

    /// A version that is not kept any more.
    static func expired(_ wanted: Int, _ oldest: Int) -> APIAnswer {
        failure(410, "Expired", "too old resource version: \(wanted) (\(oldest))")
    }

    static func conflict(_ resource: APIResource, _ name: String) -> APIAnswer {
        failure(
            409, "Conflict",
            "Operation cannot be fulfilled on \(resource.qualifiedName) \"\(name)\": the object has been modified;"
                + " please apply your changes to the latest version and try again", details: details(resource, name))
    }

    /// What RBAC says.
    ///
    /// - Parameters:
    ///   - verb: What was missing, where it is not the request's.
    ///   - reason: What another authority than RBAC says.
    static func forbidden(
        _ request: APIRequest, _ resource: APIResource, verb: String? = nil, reason: String? = nil
    ) -> APIAnswer {
        let place = request.namespace.map { "in the namespace \"\($0)\"" } ?? "at the cluster scope"
        let reason =
            reason
            ?? "User \"\(request.user ?? "")\" cannot \(verb ?? request.verb) resource \"\(request.resourceName)\" in API group"
            + " \"\(resource.group)\" \(place)"
        let name = request.name.map { " \"\($0)\"" } ?? ""
        return failure(
            403, "Forbidden", "\(resource.qualifiedName)\(name) is forbidden: \(reason)",
            details: details(resource, request.name))
    }

    /// - Parameter flaws: Fields with what is wrong.
    static func invalid(_ resource: APIResource, _ name: String, _ flaws: [(field: String, text: String)]) -> APIAnswer
    {
        let texts = flaws.map { "\($0.field): \($0.text)" }
        let list = texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
        return failure(
            422, "Invalid", "\(resource.qualifiedKind) \"\(name)\" is invalid: \(list)",
            details: details(resource, name.isEmpty ? nil : name, kind: resource.kind))
    }

    /// What a good delete is answered with.
    static func deleted(_ resource: APIResource, _ name: String, uid: JSONValue?) -> APIAnswer {
        var details = details(resource, name)
        details["uid"] = uid
        return .object([
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": details,
        ])
    }

    private static func details(_ resource: APIResource, _ name: String?, kind: String? = nil) -> JSONValue {
        var details: JSONValue = ["kind": .string(kind ?? resource.rawValue)]
        details["name"] = name.map { .string($0) }
        details["group"] = resource.group.isEmpty ? nil : .string(resource.group)
        return details
    }
}
