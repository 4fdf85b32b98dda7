// The Secret of the CA: read, changed, written, against others who do the same.

import Certificates
import FoundationEssentials
import Kubernetes
import Posix

/// The Secret that holds the CA, shared by all replicas without a leader: whoever writes names the version that was
/// read, and reads again where someone else was first.
struct AuthoritySecret {
    let client: KubernetesClient
    let name: String
    let namespace: String
    let time: TimeSource

    /// How often a write is tried: more than any number of replicas needs.
    private static let attempts = 100
    /// The longest wait before another try, in milliseconds.
    private static let longestWait = 500

    /// Changes the CA as `change` does, and answers it as it is stored then; `first` makes it where there is none.
    ///
    /// Both may be called more than once.
    func update(
        first: () throws(ProvisioningError) -> AuthorityState,
        change: (inout AuthorityState) throws(ProvisioningError) -> Void
    ) throws(ProvisioningError) -> AuthorityState {
        for attempt in 0..<Self.attempts {
            if attempt > 0 { time.pause(.milliseconds(Int.random(in: 1...Self.longestWait))) }
            let stored = try read()
            var state = if let stored { try state(of: stored) } else { try first() }
            try change(&state)
            do throws(KubernetesError) {
                try write(state, over: stored)
                return state
            } catch {
                guard error.isConflict else { throw .kubernetes(error) }
            }
        }
        throw .unanswered("Secret \(namespace)/\(name): someone else changed it at each of \(Self.attempts) tries")
    }

    private func read() throws(ProvisioningError) -> Secret? {
        try kubernetes { () throws(KubernetesError) in try client.secret(name, namespace: namespace) }
    }

    private func state(of secret: Secret) throws(ProvisioningError) -> AuthorityState {
        do {
            return try AuthorityState(secret.data ?? [:])
        } catch {
            throw .configuration(
                "Secret \(namespace)/\(name) holds no CA that can sign: \(error); put one there (tls.crt, tls.key),"
                    + " or delete the Secret to have a new one made")
        }
    }

    private func write(_ state: AuthorityState, over stored: Secret?) throws(KubernetesError) {
        guard let stored else {
            let metadata = ObjectMeta(
                name: name, namespace: namespace, labels: [managedByLabel: managerName])
            _ = try client.create(
                Secret(metadata: metadata, type: "kubernetes.io/tls", data: state.data.compactMapValues { $0 }))
            return
        }
        let changes = state.data.filter { stored.data?[$0.key] != $0.value }
        guard !changes.isEmpty else { return }
        _ = try client.update(
            secret: name, namespace: namespace, resourceVersion: stored.metadata.resourceVersion ?? "", data: changes)
    }
}
