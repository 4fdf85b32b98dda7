import Foundation

/// A request as the server understands it.
package struct APIRequest: Sendable {
    package let method: String
    /// Without its query.
    package let path: String
    package let query: [String: String]
    /// By lower-case name.
    package let headers: [String: String]
    package let body: [UInt8]
    /// Who asks; nil where that is not known.
    package internal(set) var user: String?

    /// Nil for a path that the server does not know.
    package private(set) var resource: APIResource?
    package private(set) var namespace: String?
    /// The object that the path names.
    package private(set) var objectName: String?
    package private(set) var subresource: String?

    /// As RBAC has it.
    package var verb: String {
        switch method {
        case "GET": isWatch ? "watch" : objectName == nil ? "list" : "get"
        case "POST": "create"
        case "PUT": "update"
        default: method.lowercased()
        }
    }

    /// Whether a list is to be followed by what changes.
    package var isWatch: Bool { method == "GET" && objectName == nil && query["watch"] == "true" }

    /// Whether nothing is to be stored.
    package var isDryRun: Bool { query["dryRun"] == "All" }

    /// The object that the path names, or the only one that a list is of: RBAC takes both alike.
    package var name: String? {
        if let objectName { return objectName }
        guard let selector = query["fieldSelector"], selector.hasPrefix("metadata.name=") else { return nil }
        return String(selector.dropFirst("metadata.name=".count))
    }

    /// As RBAC has it: `certificatesigningrequests/approval`.
    package var resourceName: String { (resource?.rawValue ?? "") + (subresource.map { "/" + $0 } ?? "") }

    /// The version that the body names, be it JSON, YAML or a JSON patch.
    package var resourceVersion: String? {
        let text = String(decoding: body, as: UTF8.self)
        if let value = try? JSONValue(body) {
            let patch = value.array?.first { $0["path"]?.string == "/metadata/resourceVersion" }
            return value["metadata"]?["resourceVersion"]?.string ?? patch?["value"]?.string
        }
        let line = text.split(separator: "\n").first { $0.contains("resourceVersion:") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: CharacterSet(charactersIn: " \"'"))
    }

    init(method: String, target: String, headers: [String: String], body: [UInt8]) {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        self.method = method
        self.headers = headers
        self.body = body
        path = parts.first ?? "/"
        var query: [String: String] = [:]
        for pair in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1).map { $0.removingPercentEncoding ?? String($0) }
            query[sides[0]] = sides.count > 1 ? sides[1] : ""
        }
        self.query = query
        var segments = path.split(separator: "/").map { $0.removingPercentEncoding ?? String($0) }[...]
        var group = ""
        if segments.first == "apis", segments.count > 1 {
            group = segments[1]
            segments = segments.dropFirst(2)
        } else if segments.first == "api" {
            segments = segments.dropFirst()
        } else {
            return
        }
        guard segments.popFirst() == "v1" else { return }
        if segments.first == "namespaces", segments.count > 2 {
            namespace = segments.dropFirst().first
            segments = segments.dropFirst(2)
        }
        resource = segments.popFirst().flatMap(APIResource.init(rawValue:))
        objectName = segments.popFirst()
        // Of what is namespaced, lists alone may be of all namespaces.
        guard let resource, resource.group == group,
            resource.isNamespaced == (namespace != nil)
                || resource.isNamespaced && objectName == nil && method == "GET"
        else {
            resource = nil
            return
        }
        subresource = segments.popFirst()
    }
}
