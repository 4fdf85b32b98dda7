// What is listed and watched, and whose parts of it.

/// All objects of a kind that selectors choose, in every namespace.
package struct ObjectCollection<Object: Decodable & Sendable>: Sendable {
    /// As RBAC has it.
    let resource: String
    let path: String
    /// As `kubectl --selector` takes it; nil: all.
    let labelSelector: String?
    /// The one name that is asked for; nil: any. RBAC can limit `list` and `watch` to it.
    let name: String?

    func call(_ verb: String) -> KubernetesError.Call { KubernetesError.Call(verb, resource, name) }
}

extension ObjectCollection where Object == Namespace {
    package static func namespaces(labelSelector: String?) -> Self {
        Self(resource: "namespaces", path: "/api/v1/namespaces", labelSelector: labelSelector, name: nil)
    }
}

extension ObjectCollection where Object == Secret {
    /// The Secrets of this name, one a namespace at most; nil: of any name.
    package static func secrets(named name: String?, labelSelector: String? = nil) -> Self {
        Self(resource: "secrets", path: "/api/v1/secrets", labelSelector: labelSelector, name: name)
    }
}
