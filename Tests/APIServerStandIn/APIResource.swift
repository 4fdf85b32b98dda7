/// A kind of object that the server has.
package enum APIResource: String, CaseIterable, Sendable {
    case namespaces
    case secrets
    case configMaps = "configmaps"
    case webhookConfigurations = "mutatingwebhookconfigurations"
    case certificateSigningRequests = "certificatesigningrequests"
    case admissionPolicies = "validatingadmissionpolicies"
    case admissionPolicyBindings = "validatingadmissionpolicybindings"
    /// Who asks: it is answered, and not kept.
    case selfSubjectReviews = "selfsubjectreviews"

    /// Empty for the core API.
    var group: String {
        switch self {
        case .namespaces, .secrets, .configMaps: ""
        case .webhookConfigurations, .admissionPolicies, .admissionPolicyBindings: "admissionregistration.k8s.io"
        case .selfSubjectReviews: "authentication.k8s.io"
        case .certificateSigningRequests: "certificates.k8s.io"
        }
    }

    var kind: String {
        switch self {
        case .namespaces: "Namespace"
        case .secrets: "Secret"
        case .configMaps: "ConfigMap"
        case .webhookConfigurations: "MutatingWebhookConfiguration"
        case .certificateSigningRequests: "CertificateSigningRequest"
        case .admissionPolicies: "ValidatingAdmissionPolicy"
        case .admissionPolicyBindings: "ValidatingAdmissionPolicyBinding"
        case .selfSubjectReviews: "SelfSubjectReview"
        }
    }

    var apiVersion: String { group.isEmpty ? "v1" : "\(group)/v1" }
    var isNamespaced: Bool { self == .secrets || self == .configMaps }
    /// As messages name it: `mutatingwebhookconfigurations.admissionregistration.k8s.io`.
    var qualifiedName: String { group.isEmpty ? rawValue : "\(rawValue).\(group)" }
    /// As messages about a wrong object name it.
    var qualifiedKind: String { group.isEmpty ? kind : "\(kind).\(group)" }
}
