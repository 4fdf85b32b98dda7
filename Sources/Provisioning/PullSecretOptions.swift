// What users set for imageswap-init pull-secrets.

/// Which Secrets are copied whereto.
package struct PullSecretOptions: Sendable {
    /// The Secrets to copy, in their order.
    package var names: [String]
    /// Where they are.
    package var home: String
    /// Which namespaces get copies, as `kubectl --selector` takes it.
    package var namespaceSelector: String
    /// The ValidatingAdmissionPolicy that holds us to such copies, and its binding.
    package var policy = "imageswap-pull-secrets"
    package var binding = "imageswap-pull-secrets"
    /// Seconds between two lists, and between two looks at the policy.
    package var interval: Int64 = 600

    /// Bounds the watches, a name each.
    package static let namesLimit = 32

    /// - Parameter namespaceSelector: Empty: all that a webhook for the whole cluster serves.
    package init(names: [String], home: String, namespaceSelector: String) {
        self.names = names
        self.home = home
        self.namespaceSelector =
            namespaceSelector.isEmpty
            // The selector of deploy/k8s/components/cluster-wide.
            ? "kubernetes.io/metadata.name notin (kube-system,\(home)),k8s.twr.io/imageswap!=disabled"
            : namespaceSelector
    }
}

/// The label that marks a copy, with the namespace of what it is a copy of. What lacks it is not ours to touch.
let copyLabel = "k8s.twr.io/imageswap-pull-secret-from"
/// The only type of Secret that is copied.
let pullSecretType = "kubernetes.io/dockerconfigjson"
