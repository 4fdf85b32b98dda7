// certificates.k8s.io/v1

extension KubernetesClient {
    package func create(_ request: CertificateSigningRequest) throws(KubernetesError) -> CertificateSigningRequest {
        let call = KubernetesError.Call("create", resource, request.metadata.name)
        return try decode(
            try send(Request(call: call, method: "POST", path: path(nil), body: try encode(request, call))), call)
    }

    /// Nil where there is none.
    package func certificateSigningRequest(_ name: String) throws(KubernetesError) -> CertificateSigningRequest? {
        let call = KubernetesError.Call("get", resource, name)
        return try sendIfPresent(Request(call: call, method: "GET", path: path(name))).map {
            bytes throws(KubernetesError) in try decode(bytes, call)
        }
    }

    /// Adds the condition `Approved`. RBAC must grant `update` on the subresource, and `approve` on the signer.
    package func approve(
        _ request: CertificateSigningRequest, reason: String, message: String
    ) throws(KubernetesError) -> CertificateSigningRequest {
        let call = KubernetesError.Call("update", resource + "/approval", request.metadata.name)
        var approved = request
        approved.apiVersion = "certificates.k8s.io/v1"
        approved.kind = "CertificateSigningRequest"
        var status = approved.status ?? .init()
        status.conditions =
            (status.conditions ?? []) + [.init(type: "Approved", status: "True", reason: reason, message: message)]
        approved.status = status
        let sent = Request(
            call: call, method: "PUT", path: path(request.metadata.name) + "/approval", body: try encode(approved, call)
        )
        return try decode(try send(sent), call)
    }

    /// Those with these labels: `name=value`, joined by commas.
    package func certificateSigningRequests(
        labelSelector: String
    ) throws(KubernetesError) -> [CertificateSigningRequest] {
        let call = KubernetesError.Call("list", resource, nil)
        let query = "?labelSelector=" + segment(labelSelector)
        let list: List = try decode(try send(Request(call: call, method: "GET", path: path(nil) + query)), call)
        return list.items
    }

    /// False where there was none.
    package func delete(certificateSigningRequest name: String) throws(KubernetesError) -> Bool {
        let call = KubernetesError.Call("delete", resource, name)
        return try sendIfPresent(Request(call: call, method: "DELETE", path: path(name))) != nil
    }

    private var resource: String { "certificatesigningrequests" }

    private func path(_ name: String?) -> String {
        "/apis/certificates.k8s.io/v1/certificatesigningrequests" + (name.map { "/" + segment($0) } ?? "")
    }
}

private struct List: Decodable {
    var items: [CertificateSigningRequest]
}
