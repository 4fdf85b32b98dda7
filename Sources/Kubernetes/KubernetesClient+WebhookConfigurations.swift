// admissionregistration.k8s.io/v1

package import FoundationEssentials

extension KubernetesClient {
    /// Nil where there is none.
    package func webhookConfiguration(_ name: String) throws(KubernetesError) -> MutatingWebhookConfiguration? {
        let call = KubernetesError.Call("get", resource, name)
        return try sendIfPresent(Request(call: call, method: "GET", path: path(name))).map {
            bytes throws(KubernetesError) in try decode(bytes, call)
        }
    }

    /// Makes the configuration what a text says, where the text says something: server-side apply, by force.
    ///
    /// - Parameter yaml: With the `resourceVersion` that was read in its metadata, where there was one: `.conflict` is
    ///   thrown where another is current. Without one it is created where it is missing, which RBAC has to grant.
    package func apply(
        webhookConfiguration name: String, yaml: String
    ) throws(KubernetesError) -> MutatingWebhookConfiguration {
        let call = KubernetesError.Call("patch", resource, name)
        let request = Request(
            call: call, method: "PATCH", path: path(name) + "?fieldManager=imageswap-init&force=true",
            contentType: "application/apply-patch+yaml", body: Array(yaml.utf8))
        return try decode(try send(request), call)
    }

    /// Sets bundles of authorities, and nothing else: a JSON patch (RFC 6902).
    ///
    /// - Parameters:
    ///   - resourceVersion: The one that was read. `.conflict` is thrown where another is current.
    ///   - caBundles: By the webhook's index in what was read.
    package func patch(
        webhookConfiguration name: String, resourceVersion: String, caBundles: [Int: Data]
    ) throws(KubernetesError) -> MutatingWebhookConfiguration {
        let call = KubernetesError.Call("patch", resource, name)
        var patch = [PatchOperation(op: "replace", path: "/metadata/resourceVersion", value: resourceVersion)]
        patch += caBundles.sorted { $0.key < $1.key }.map { index, bundle in
            let path = "/webhooks/\(index)/clientConfig/caBundle"
            return PatchOperation(op: "add", path: path, value: bundle.base64EncodedString())
        }
        let request = Request(
            call: call, method: "PATCH", path: path(name) + "?fieldManager=imageswap-init",
            contentType: "application/json-patch+json", body: try encode(patch, call))
        return try decode(try send(request), call)
    }

    /// False where there was none.
    package func delete(webhookConfiguration name: String) throws(KubernetesError) -> Bool {
        let call = KubernetesError.Call("delete", resource, name)
        return try sendIfPresent(Request(call: call, method: "DELETE", path: path(name))) != nil
    }

    private var resource: String { "mutatingwebhookconfigurations" }

    private func path(_ name: String) -> String {
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/" + segment(name)
    }
}

private struct PatchOperation: Encodable {
    var op: String
    var path: String
    var value: String
}
