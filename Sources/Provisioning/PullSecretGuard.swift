// Whether the policy is there, holds us, and is in force.

import FoundationEssentials
import Kubernetes
import Posix

/// Looks for the policy before anything is written.
struct PullSecretGuard {
    let client: KubernetesClient
    let options: PullSecretOptions
    let time: TimeSource

    /// How often the attempt is made that must be refused: a new policy is in force some seconds later.
    private static let attempts = 10

    /// The names that the policy lets through, those to copy among them.
    ///
    /// Throws where it is missing, or does not hold this account.
    func check() throws(ProvisioningError) -> [String] {
        let name = options.policy
        let advice = "apply deploy/k8s/components/pull-secrets as a whole"
        let (user, policy, binding) = try kubernetes { () throws(KubernetesError) in
            (
                try client.userName(), try client.admissionPolicy(name),
                try client.admissionPolicyBinding(options.binding)
            )
        }
        guard let policy else { throw .configuration("ValidatingAdmissionPolicy \(name) is missing: \(advice)") }
        guard let binding else {
            throw .configuration("ValidatingAdmissionPolicyBinding \(options.binding) is missing: \(advice)")
        }
        let flaws = PullSecretPolicy(user: user, home: options.home).flaws(in: policy)
        guard flaws.isEmpty else {
            throw .configuration(
                "ValidatingAdmissionPolicy \(name) does not hold \(user) to copies of pull secrets of \(options.home):"
                    + " \(flaws.joined(separator: "; ")); \(advice)")
        }
        let flawsOfBinding = PullSecretPolicy.flaws(in: binding, of: name)
        guard flawsOfBinding.isEmpty else {
            throw .configuration(
                "ValidatingAdmissionPolicyBinding \(options.binding) does not put \(name) in force:"
                    + " \(flawsOfBinding.joined(separator: "; ")); \(advice)")
        }
        let allowed = PullSecretPolicy.names(in: policy) ?? []
        let others = options.names.filter { !allowed.contains($0) }
        guard others.isEmpty else {
            throw .configuration(
                "ValidatingAdmissionPolicy \(name) does not let \(others.joined(separator: ", ")) through: add the name to"
                    + " its variable names, and to resourceNames of the ClusterRole")
        }
        return allowed
    }

    /// Tries, without having it stored, what must be refused: a token of a service account. Once, at the start: who
    /// watches the audit log would be alarmed.
    func attack() throws(ProvisioningError) {
        var metadata = ObjectMeta(
            name: options.names.first ?? "imageswap", namespace: options.home, labels: [copyLabel: options.home])
        metadata.annotations = ["kubernetes.io/service-account.name": "default"]
        let secret = Secret(metadata: metadata, type: "kubernetes.io/service-account-token", data: [:])
        for attempt in 1...Self.attempts {
            do throws(KubernetesError) {
                _ = try client.create(secret, isDryRun: true)
            } catch {
                if error.description.contains("ValidatingAdmissionPolicy '\(options.policy)'") { return }
                // It is stored after admission only: what is told of a name that is taken was let through.
                guard error.isConflict else { throw .kubernetes(error) }
            }
            if attempt < Self.attempts { time.pause(.seconds(1)) }
        }
        throw .configuration(
            "ValidatingAdmissionPolicy \(options.policy) is not in force: the API server would let this account make a"
                + " Secret of type kubernetes.io/service-account-token; is the plugin ValidatingAdmissionPolicy disabled?"
        )
    }
}
