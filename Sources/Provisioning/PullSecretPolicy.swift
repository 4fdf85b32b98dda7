// The ValidatingAdmissionPolicy that holds the account of pull-secrets to copies of pull secrets.
//
// Who may create any Secret may make a token of any service account, since a Secret of the type
// kubernetes.io/service-account-token is filled with one. RBAC cannot limit that; this can.

package import Kubernetes

/// What a policy and its binding must say: what deploy/k8s/components/pull-secrets ships.
package struct PullSecretPolicy: Sendable {
    /// The user that is held.
    package let user: String
    /// The namespace of the sources.
    package let home: String

    package init(user: String, home: String) {
        self.user = user
        self.home = home
    }

    /// Whom it is about: no more and no fewer.
    var condition: String { "request.userInfo.username == '\(user)'" }

    /// What is asked, each without its message.
    var validations: [String] {
        [
            "request.operation == 'DELETE' || object.type == '\(pullSecretType)'",
            "request.namespace != '\(home)'",
            "request.operation == 'DELETE' || object.metadata.name in variables.names",
            "request.operation == 'DELETE' || \(isMarked("object"))",
            "request.operation == 'CREATE' || \(isMarked("oldObject"))",
        ]
    }

    private func isMarked(_ object: String) -> String {
        "(has(\(object).metadata.labels) && '\(copyLabel)' in \(object).metadata.labels"
            + " && \(object).metadata.labels['\(copyLabel)'] == '\(home)')"
    }

    /// The names of Secrets that a policy lets through; nil where it does not say.
    package static func names(in policy: AdmissionPolicy) -> [String]? {
        let variables = (policy.spec.variables ?? []).filter { $0.name == "names" }
        guard variables.count == 1, let text = variables.first?.expression else { return nil }
        return listOfStrings(text)
    }

    /// What is wrong with a policy; empty where it holds the user.
    package func flaws(in policy: AdmissionPolicy) -> [String] {
        let spec = policy.spec
        var flaws: [String] = []
        if let failurePolicy = spec.failurePolicy, failurePolicy != "Fail" {
            flaws.append("its failurePolicy is \(failurePolicy)")
        }
        if !Self.catchesSecrets(spec.matchConstraints) {
            flaws.append("its matchConstraints leave out some creation, update or deletion of Secrets")
        }
        if (spec.matchConditions ?? []).map({ squeezed($0.expression) }) != [condition] {
            flaws.append("its matchConditions are not \(condition)")
        }
        if Self.names(in: policy) == nil { flaws.append("it has no variable names that is a list such as ['regcred']") }
        // More of them hold it more.
        let found = (spec.validations ?? []).map { squeezed($0.expression) }
        flaws += validations.filter { !found.contains($0) }.map { "it lacks the validation \($0)" }
        return flaws
    }

    /// What is wrong with a binding; empty where it puts the policy of this name to use for all.
    package static func flaws(in binding: AdmissionPolicyBinding, of policy: String) -> [String] {
        var flaws: [String] = []
        if binding.spec.policyName != policy { flaws.append("it is of another policy") }
        if binding.spec.validationActions?.contains("Deny") != true { flaws.append("it does not deny") }
        if let matches = binding.spec.matchResources, !isWhole(matches) || matches.resourceRules?.isEmpty == false {
            flaws.append("its matchResources leave something out")
        }
        return flaws
    }

    private static func catchesSecrets(_ matches: AdmissionPolicy.Matches?) -> Bool {
        guard let matches, isWhole(matches) else { return false }
        return (matches.resourceRules ?? []).contains { rule in
            func has(_ list: [String]?, _ values: String...) -> Bool {
                let list = list ?? []
                return list.contains("*") || values.allSatisfy(list.contains)
            }
            return has(rule.apiGroups, "") && has(rule.apiVersions, "v1") && has(rule.resources, "secrets")
                && has(rule.operations, "CREATE", "UPDATE", "DELETE") && (rule.resourceNames ?? []).isEmpty
                && ["*", "Namespaced"].contains(rule.scope ?? "*")
        }
    }

    /// Whether nothing is excluded or chosen.
    private static func isWhole(_ matches: AdmissionPolicy.Matches) -> Bool {
        (matches.excludeResourceRules ?? []).isEmpty && matches.namespaceSelector?.isEmpty != false
            && matches.objectSelector?.isEmpty != false
    }

    /// `['a', 'b']` in CEL, of names without a quote or a backslash in them.
    private static func listOfStrings(_ text: String) -> [String]? {
        let text = squeezed(text)
        guard text.first == "[", text.last == "]", text.count > 2 else { return nil }
        var names: [String] = []
        for part in text.dropFirst().dropLast().split(separator: ",", omittingEmptySubsequences: false) {
            let item = squeezed(String(part))
            guard let quote = item.first, quote == "'" || quote == "\"", item.count > 2, item.last == quote else {
                return nil
            }
            let name = String(item.dropFirst().dropLast())
            guard name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || "-.".contains($0)) }) else {
                return nil
            }
            names.append(name)
        }
        return names
    }
}

/// An expression with one space where there was any white space: YAML's folding brings other.
private func squeezed(_ text: String) -> String {
    text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
}
