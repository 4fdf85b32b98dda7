// A cluster with the component pull-secrets, its policy in force, and namespaces that come and go.

package import APIServerStandIn
package import Foundation
import Kubernetes
package import Logging
package import Posix
package import Provisioning

/// The stand-in with deploy/k8s/components/pull-secrets in it, and what the policy asks asked of its account.
package final class PullSecretCluster {
    package let server: APIServerStandIn
    package static let home = "imageswap-system"
    package static let account = "system:serviceaccount:imageswap-system:imageswap-pull-secrets"
    package static let mark = "k8s.twr.io/imageswap-pull-secret-from"
    /// The folder of the component.
    package static let component = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../deploy/k8s/components/pull-secrets").standardizedFileURL

    /// - Parameter names: What the policy lets through.
    package init(names: [String] = ["regcred"]) throws {
        server = try APIServerStandIn()
        let list = names.map { "'\($0)'" }.joined(separator: ", ")
        try server.put(
            manifest: String(contentsOf: Self.component.appending(path: "policy.yaml"), encoding: .utf8)
                .replacing("\"['regcred']\"", with: "\"[\(list)]\""))
        server.configure { settings in
            settings.tokens[APIServerStandIn.token] = Self.account
            settings.admission = { Self.denial($0, names: names) }
        }
    }

    /// What the shipped policy says, where it is there with its binding. It is CEL, which only the real server evaluates.
    private static func denial(
        _ change: APIServerStandIn.AdmittedChange, names: [String]
    ) -> (policy: String, message: String)? {
        let policy = "imageswap-pull-secrets"
        guard change.resource == .secrets, change.user == account, change.isThere(.admissionPolicies, policy),
            change.isThere(.admissionPolicyBindings, policy)
        else { return nil }
        func isMarked(_ object: JSONValue) -> Bool { object["metadata"]?["labels"]?[mark]?.string == home }
        if let object = change.object {
            guard object["type"] == "kubernetes.io/dockerconfigjson" else { return (policy, "type") }
            guard names.contains(object["metadata"]?["name"]?.string ?? "") else { return (policy, "name") }
            guard isMarked(object) else { return (policy, "label") }
        }
        if let old = change.old, !isMarked(old) { return (policy, "not a copy") }
        guard (change.object ?? change.old)?["metadata"]?["namespace"]?.string != home else { return (policy, "home") }
        return nil
    }

    package func addNamespaces(_ names: String...) {
        for name in names { server.putNamespace(name, labels: ["k8s.twr.io/imageswap": "enabled"]) }
    }

    /// What each copy holds, by `namespace/name`: those that carry the mark.
    package var copies: [String: String] {
        var copies: [String: String] = [:]
        for secret in server.all(.secrets) {
            let metadata = secret["metadata"]
            guard metadata?["labels"]?[Self.mark]?.string == Self.home else { continue }
            copies["\(metadata?["namespace"]?.string ?? "")/\(metadata?["name"]?.string ?? "")"] =
                secret["data"]?.data(".dockerconfigjson").map { String(decoding: $0, as: UTF8.self) } ?? ""
        }
        return copies
    }

    /// The requests that changed something, as `POST /api/v1/…`. What was tried only is left out.
    package var writes: [String] {
        server.log.filter { $0.method != "GET" && $0.query["dryRun"] == nil && !$0.path.hasSuffix("reviews") }
            .map { "\($0.method) \($0.path)" }
    }

    package func keeper(
        _ names: [String] = ["regcred"], selector: String = "k8s.twr.io/imageswap=enabled", interval: Int64 = 3600,
        status: Monitor<PullSecretStatus>? = nil, log: LogLines = LogLines()
    ) throws -> PullSecretKeeper {
        var options = PullSecretOptions(names: names, home: Self.home, namespaceSelector: selector)
        options.interval = interval
        let connection = server.connection
        return try PullSecretKeeper(
            options: options,
            connect: { _ in
                KubernetesClient(connection, userAgent: "tests/1", time: .system, patience: .milliseconds(300))
            },
            status: status ?? Monitor(PullSecretStatus(names: names)), time: .system,
            log: Logger(label: "test") { _ in log })
    }
}

/// A log that is kept.
package struct LogLines: LogHandler {
    private let kept = Monitor<[String]>([])
    package var metadata: Logger.Metadata = [:]
    package var logLevel = Logger.Level.notice

    package init() {}

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// `level text`, in their order.
    package var lines: [String] { kept.withLock { $0 } }

    package func log(event: LogEvent) {
        kept.withLock { $0.append("\(event.level) \(event.message)") }
    }
}
