extension MutatingPolicy {
    package enum FailurePolicy: String, CaseIterable, Sendable {
        case fail = "Fail"
        case ignore = "Ignore"
    }

    /// The policy and its binding, as a manifest.
    ///
    /// - Parameter name: of both; a valid name of an object.
    package func yaml(name: String, failurePolicy: FailurePolicy) -> String {
        func entries(_ variables: [Variable]) -> String {
            variables.map { "  - name: \($0.name)\n    expression: \(Self.block($0.expression, indent: 6))" }.joined()
        }
        return """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicy
            metadata:
              name: \(name)
            spec:
              failurePolicy: \(failurePolicy.rawValue)
              reinvocationPolicy: IfNeeded
              matchConstraints:
                resourceRules:
                - apiGroups: [""]
                  apiVersions: ["v1"]
                  operations: ["CREATE", "UPDATE"]
                  resources: ["pods", "pods/ephemeralcontainers"]
              matchConditions:
            \(entries(conditions))  variables:
            \(entries(variables))  mutations:
              - patchType: JSONPatch
                jsonPatch:
                  expression: \(Self.block(patch, indent: 8))---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicyBinding
            metadata:
              name: \(name)
            spec:
              policyName: \(name)

            """
    }

    /// A literal block scalar, with the line end that ends it.
    private static func block(_ text: String, indent: Int) -> String {
        let margin = String(repeating: " ", count: indent)
        return "|-\n" + text.split(separator: "\n").map { "\(margin)\($0)\n" }.joined()
    }
}
