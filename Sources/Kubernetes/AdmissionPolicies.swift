// admissionregistration.k8s.io/v1: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/

/// A ValidatingAdmissionPolicy: what it asks of whom.
package struct AdmissionPolicy: Decodable, Equatable, Sendable {
    package struct Expression: Codable, Equatable, Sendable {
        package var name: String?
        package var expression: String
    }

    package struct ResourceRule: Decodable, Equatable, Sendable {
        package var apiGroups: [String]?
        package var apiVersions: [String]?
        package var operations: [String]?
        package var resources: [String]?
        package var resourceNames: [String]?
        package var scope: String?
    }

    package struct Matches: Decodable, Equatable, Sendable {
        package var resourceRules: [ResourceRule]?
        package var excludeResourceRules: [ResourceRule]?
        package var namespaceSelector: LabelSelector?
        package var objectSelector: LabelSelector?
    }

    package struct Spec: Decodable, Equatable, Sendable {
        package var failurePolicy: String?
        package var matchConstraints: Matches?
        package var matchConditions: [Expression]?
        package var variables: [Expression]?
        package var validations: [Expression]?
    }

    package var metadata: ObjectMeta
    package var spec: Spec
}

/// A ValidatingAdmissionPolicyBinding: what puts a policy to use.
package struct AdmissionPolicyBinding: Decodable, Equatable, Sendable {
    package struct Spec: Decodable, Equatable, Sendable {
        package var policyName: String?
        package var validationActions: [String]?
        package var matchResources: AdmissionPolicy.Matches?
    }

    package var metadata: ObjectMeta
    package var spec: Spec
}

/// A selector by labels; what an empty one selects is all.
package struct LabelSelector: Decodable, Equatable, Sendable {
    package struct Requirement: Decodable, Equatable, Sendable {
        package var key: String
    }

    package var matchLabels: [String: String]?
    package var matchExpressions: [Requirement]?

    package var isEmpty: Bool { (matchLabels ?? [:]).isEmpty && (matchExpressions ?? []).isEmpty }
}

extension KubernetesClient {
    /// Nil where there is none.
    package func admissionPolicy(_ name: String) throws(KubernetesError) -> AdmissionPolicy? {
        try object("validatingadmissionpolicies", name)
    }

    /// Nil where there is none.
    package func admissionPolicyBinding(_ name: String) throws(KubernetesError) -> AdmissionPolicyBinding? {
        try object("validatingadmissionpolicybindings", name)
    }

    /// The user that the API server takes us for.
    package func userName() throws(KubernetesError) -> String {
        let call = KubernetesError.Call("create", "selfsubjectreviews", nil)
        let review = SelfSubjectReview()
        let request = Request(
            call: call, method: "POST", path: "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            body: try encode(review, call))
        let answer: SelfSubjectReview = try decode(try send(request), call)
        guard let name = answer.status?.userInfo.username, !name.isEmpty else {
            throw KubernetesError(call, .unreadable("it names no user"))
        }
        return name
    }

    private func object<Object: Decodable>(_ resource: String, _ name: String) throws(KubernetesError) -> Object? {
        let call = KubernetesError.Call("get", resource, name)
        let path = "/apis/admissionregistration.k8s.io/v1/\(resource)/\(segment(name))"
        return try sendIfPresent(Request(call: call, method: "GET", path: path)).map {
            bytes throws(KubernetesError) in try decode(bytes, call)
        }
    }
}

private struct SelfSubjectReview: Codable {
    struct Status: Codable {
        struct UserInfo: Codable {
            var username: String?
        }

        var userInfo: UserInfo
    }

    var apiVersion: String? = "authentication.k8s.io/v1"
    var kind: String? = "SelfSubjectReview"
    var status: Status?
}
