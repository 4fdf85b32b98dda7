// A cluster on a simulated clock: the stand-in API server, the webhook's pods, and what clients were told when.

package import APIServerStandIn
package import Certificates
import Foundation
import Kubernetes
import Logging
import Posix
package import Provisioning
import TestSupport

/// Pods that keep their pairs with one API server, and look when they would.
package final class SimulatedCluster {
    package let time: SimulatedTime
    package let server: APIServerStandIn
    package private(set) var pods: [SimulatedPod] = []
    /// Each `caBundle` that the webhook configuration had, and since when.
    package private(set) var published: [(since: Int64, bundle: CertificateBundle)] = []
    private let folder: TemporaryFolder
    /// The path of the webhook configuration's template.
    package let template: String

    package static let configurationName = "imageswap-webhook"
    package static let webhookName = "imageswap.webhook.k8s.twr.io"

    /// - Parameter start: Seconds since 1970.
    package init(at start: Int64) throws {
        time = SimulatedTime(start)
        server = try APIServerStandIn(time: time.source)
        folder = try TemporaryFolder()
        template = try folder.write(
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingWebhookConfiguration
            metadata:
              name: \(Self.configurationName)
            webhooks:
              - name: \(Self.webhookName)
                admissionReviewVersions: [v1]
                sideEffects: None
                clientConfig:
                  service: {name: imageswap, namespace: imageswap-system, path: /}
                  caBundle: $CA_BUNDLE

            """, to: "mwc.yaml")
        putEmptyConfiguration()
    }

    /// As deploy/k8s ships it.
    package func putEmptyConfiguration() {
        server.put(
            .webhookConfigurations, ["metadata": ["name": .string(Self.configurationName)], "webhooks": []])
    }

    /// What imageswap-init is told by default.
    package func options(source: SourceOptions) throws -> KeeperOptions {
        KeeperOptions(
            source: source,
            identity: try ServiceIdentity(service: "imageswap", namespace: "imageswap-system"),
            registration: .template(path: template))
    }

    /// Seconds since 1970.
    package var now: Int64 { time.source.now() }

    /// Adds a pod. `clock`: seconds that it is ahead. `directory`: nil makes one.
    @discardableResult
    package func addPod(
        source: SourceOptions, clock: Int64 = 0, directory: String? = nil, patience: Duration = .seconds(60),
        _ change: (inout KeeperOptions) -> Void = { _ in }
    ) throws -> SimulatedPod {
        var options = try options(source: source)
        options.tlsDirectory = directory ?? (folder / "pod-\(pods.count)").path
        change(&options)
        let source = time.source
        let own = TimeSource(now: { source.now() + clock }, pause: source.pause)
        let client = KubernetesClient(server.connection, userAgent: "tests/1", time: own, patience: patience)
        let pod = SimulatedPod(
            keeper: try Keeper(
                options: options, client: client, time: own,
                log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            ), nextLook: now)
        pods.append(pod)
        return pod
    }

    /// Takes a pod away, and its directory.
    package func removePod(at index: Int) {
        let pod = pods.remove(at: index)
        try? FileManager.default.removeItem(atPath: pod.directory.path)
    }

    /// What the webhook configuration has now; empty where it has nothing.
    package var configured: CertificateBundle {
        let object = server.get(.webhookConfigurations, Self.configurationName)
        return CertificateBundle(lenient: object?["webhooks"]?.array?.first?["clientConfig"]?.data("caBundle") ?? [])
    }

    /// The content of the Secret of the CA.
    package func authority(secret: String = "imageswap-ca") throws -> AuthorityState? {
        guard let data = server.get(.secrets, secret)?["data"]?.object else { return nil }
        return try AuthorityState(data.compactMapValues { Data(base64Encoded: $0.string ?? "") })
    }

    /// Lets time go on, and each pod look when it would, until that many seconds have gone. `check` runs after each look.
    package func run(for seconds: Int64, check: (SimulatedPod, Keeper.Outcome) throws -> Void) throws {
        let end = now + seconds
        while let pod = pods.min(by: { $0.nextLook < $1.nextLook }), pod.nextLook <= end {
            time.advance(by: .seconds(max(0, pod.nextLook - now)))
            let outcome = pod.look()
            notePublished()
            pod.nextLook = now + pod.keeper.options.pause(isChanging: outcome.isChanging)
            try check(pod, outcome)
        }
        time.advance(by: .seconds(max(0, end - now)))
    }

    /// The bundles that clients may have who are told up to so many seconds late.
    package func bundles(atMost late: Int64) -> [CertificateBundle] {
        let oldest = now - late
        let first = published.lastIndex { $0.since <= oldest } ?? 0
        return published[first...].map(\.bundle)
    }

    /// Whether a client that was told this bundle takes what the pod serves.
    package func isTrusted(_ pod: SimulatedPod, by bundle: CertificateBundle) throws -> Bool {
        try pod.served().pair?.isTrusted(by: bundle, at: now) == true
    }

    /// The same for all clients that were told up to so many seconds late.
    package func isTrusted(_ pod: SimulatedPod, byClientsAtMost late: Int64) throws -> Bool {
        try bundles(atMost: late).allSatisfy { try isTrusted(pod, by: $0) }
    }

    private func notePublished() {
        let bundle = configured
        guard published.last?.bundle != bundle, !bundle.isEmpty else { return }
        published.append((now, bundle))
    }
}

/// imageswap-init in a pod, and the directory that it shares with nginx.
package final class SimulatedPod {
    package private(set) var keeper: Keeper
    /// Seconds since 1970.
    package var nextLook: Int64
    package var directory: TLSDirectory { TLSDirectory(keeper.options.tlsDirectory) }

    init(keeper: Keeper, nextLook: Int64) {
        self.keeper = keeper
        self.nextLook = nextLook
    }

    @discardableResult
    package func look(filesOnly: Bool = false) -> Keeper.Outcome { keeper.look(filesOnly: filesOnly) }

    /// What nginx serves now.
    package func served() throws -> ServedFiles { try directory.load() }
}
