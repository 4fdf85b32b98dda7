/// A kind of object that the server has.
package enum APIResource: String, CaseIterable, Sendable {
    case secrets
    case configMaps = "configmaps"
    case webhookConfigurations = "mutatingwebhookconfigurations"
    case certificateSigningRequests = "certificatesigningrequests"

    /// Empty for the core API.
    var group: String {
        switch self {
        case .secrets, .configMaps: ""
        case .webhookConfigurations: "admissionregistration.k8s.io"
        case .certificateSigningRequests: "certificates.k8s.io"
        }
    }

    var kind: String {
        switch self {
        case .secrets: "Secret"
        case .configMaps: "ConfigMap"
        case .webhookConfigurations: "MutatingWebhookConfiguration"
        case .certificateSigningRequests: "CertificateSigningRequest"
        }
    }

    var apiVersion: String { group.isEmpty ? "v1" : "\(group)/v1" }
    var isNamespaced: Bool { group.isEmpty }
    /// As messages name it: `mutatingwebhookconfigurations.admissionregistration.k8s.io`.
    var qualifiedName: String { group.isEmpty ? rawValue : "\(rawValue).\(group)" }
    /// As messages about a wrong object name it.
    var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
}
