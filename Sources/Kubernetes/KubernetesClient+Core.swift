// Secrets and ConfigMaps: the core API, /api/v1.

package import FoundationEssentials

extension KubernetesClient {
    /// Nil where there is none.
    package func secret(_ name: String, namespace: String) throws(KubernetesError) -> Secret? {
        let call = KubernetesError.Call("get", "secrets", name, namespace: namespace)
        return try sendIfPresent(Request(call: call, method: "GET", path: path("secrets", name, namespace))).map {
            bytes throws(KubernetesError) in try decode(bytes, call)
        }
    }

    /// Throws `.alreadyExists` where there is one of this name, be it ours, its answer lost.
    ///
    /// - Parameter isDryRun: It is only looked at, by admission too, and not stored.
    package func create(_ secret: Secret, isDryRun: Bool = false) throws(KubernetesError) -> Secret {
        let namespace = secret.metadata.namespace ?? "default"
        let call = KubernetesError.Call("create", "secrets", secret.metadata.name, namespace: namespace)
        let request = Request(
            call: call, method: "POST", path: path("secrets", nil, namespace) + (isDryRun ? "?dryRun=All" : ""),
            body: try encode(secret, call))
        return try decode(try send(request), call)
    }

    /// Changes keys of a Secret, and nothing else in it: a JSON merge patch (RFC 7386).
    ///
    /// - Parameters:
    ///   - resourceVersion: The one that was read. `.conflict` is thrown where another is current.
    ///   - data: nil takes the key away.
    package func update(
        secret name: String, namespace: String, resourceVersion: String, data: [String: Data?]
    ) throws(KubernetesError) -> Secret {
        let call = KubernetesError.Call("patch", "secrets", name, namespace: namespace)
        let patch = SecretPatch(metadata: .init(resourceVersion: resourceVersion), data: data)
        let request = Request(
            call: call, method: "PATCH", path: path("secrets", name, namespace),
            contentType: "application/merge-patch+json", body: try encode(patch, call))
        return try decode(try send(request), call)
    }

    /// Has a Secret hold this and nothing else: a JSON patch (RFC 6902).
    ///
    /// - Parameter resourceVersion: The one that was read. `.conflict` is thrown where another is current.
    package func replace(
        secret name: String, namespace: String, resourceVersion: String, data: [String: Data]
    ) throws(KubernetesError) -> Secret {
        let call = KubernetesError.Call("patch", "secrets", name, namespace: namespace)
        let patch = [
            SecretOperation(path: "/metadata/resourceVersion", value: .text(resourceVersion)),
            // Of a Secret that holds nothing there is none to replace.
            SecretOperation(op: "add", path: "/data", value: .data(data)),
        ]
        let request = Request(
            call: call, method: "PATCH", path: path("secrets", name, namespace),
            contentType: "application/json-patch+json", body: try encode(patch, call))
        return try decode(try send(request), call)
    }

    /// False where there was none.
    ///
    /// - Parameters:
    ///   - uid: The one that was read: `.conflict` is thrown where another has taken its name. Nil: any.
    ///   - resourceVersion: The one that was read: the same is thrown where it was changed since. Nil: any.
    package func delete(
        secret name: String, namespace: String, uid: String? = nil, resourceVersion: String? = nil
    ) throws(KubernetesError) -> Bool {
        let call = KubernetesError.Call("delete", "secrets", name, namespace: namespace)
        var request = Request(call: call, method: "DELETE", path: path("secrets", name, namespace))
        if uid != nil || resourceVersion != nil {
            let preconditions = DeleteOptions.Preconditions(uid: uid, resourceVersion: resourceVersion)
            request.body = try encode(DeleteOptions(preconditions: preconditions), call)
        }
        return try sendIfPresent(request) != nil
    }

    /// Nil where there is none.
    package func configMap(_ name: String, namespace: String) throws(KubernetesError) -> ConfigMap? {
        let call = KubernetesError.Call("get", "configmaps", name, namespace: namespace)
        return try sendIfPresent(Request(call: call, method: "GET", path: path("configmaps", name, namespace))).map {
            bytes throws(KubernetesError) in try decode(bytes, call)
        }
    }

    private func path(_ resource: String, _ name: String?, _ namespace: String) -> String {
        "/api/v1/namespaces/\(segment(namespace))/\(resource)" + (name.map { "/" + segment($0) } ?? "")
    }
}

private struct SecretPatch: Encodable {
    struct Metadata: Encodable {
        var resourceVersion: String
    }

    var metadata: Metadata
    var data: [String: Data?]
}

private struct SecretOperation: Encodable {
    enum Value: Encodable {
        case text(String)
        case data([String: Data])

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch self {
            case .text(let text): try container.encode(text)
            case .data(let data): try container.encode(data)
            }
        }
    }

    var op = "replace"
    var path: String
    var value: Value
}

private struct DeleteOptions: Encodable {
    struct Preconditions: Encodable {
        var uid: String?
        var resourceVersion: String?
    }

    var apiVersion = "v1"
    var kind = "DeleteOptions"
    var preconditions: Preconditions
}
