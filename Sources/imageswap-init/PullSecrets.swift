// imageswap-init pull-secrets: copies of pull secrets in the namespaces that the webhook serves.

import ArgumentParser
import Kubernetes
import Logging
import Posix
import Provisioning

struct PullSecrets: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Copies pull secrets into the namespaces that the webhook serves, and keeps the copies right.",
        discussion: """
            The Secrets are of its own namespace and of type kubernetes.io/dockerconfigjson. A copy is marked by the label \
            k8s.twr.io/imageswap-pull-secret-from; a Secret without it is never touched. Copies go when their namespace \
            is not chosen any more, and when --secret no longer names them.

            It starts only where a ValidatingAdmissionPolicy holds its account to such copies: \
            deploy/k8s/components/pull-secrets has all of it.

            Exit codes: 0 done, 64 wrong options, 69 the API server is out of reach, 77 forbidden, 78 a Secret or the \
            policy is missing or not what it must be.
            """)

    @Option(
        name: .customLong("secret"), parsing: .upToNextOption,
        help: ArgumentHelp(
            "The Secrets to copy, also with commas between them; by default IMAGESWAP_PULL_SECRETS.", valueName: "name")
    )
    var secrets: [String] = []

    @Option(
        help: ArgumentHelp(
            "Which namespaces get copies, as kubectl --selector takes it; empty: all but kube-system, this one, and those"
                + " labelled k8s.twr.io/imageswap=disabled.", valueName: "selector"))
    var namespaceSelector = "k8s.twr.io/imageswap=enabled"

    @Flag(help: "List, do what is due, and end.")
    var once = false

    @Option(
        help: ArgumentHelp("The time between two lists, and two looks at the policy.", valueName: "time"),
        transform: seconds)
    var interval: Int64 = 600

    @Option(help: ArgumentHelp("The ValidatingAdmissionPolicy that holds this account.", valueName: "name"))
    var policy = "imageswap-pull-secrets"

    @Option(help: ArgumentHelp("Its binding.", valueName: "name"))
    var policyBinding = "imageswap-pull-secrets"

    @Option(
        help: ArgumentHelp(
            "Where /healthz, /readyz and /metrics are, as 0.0.0.0:8080 or :8080; by default nowhere.",
            valueName: "address:port"), transform: ListenAddress.init)
    var listen: ListenAddress?

    @OptionGroup var cluster: ClusterOptions

    func run() throws {
        Signal.terminate.endProcess()
        Signal.interrupt.endProcess()
        let log = makeLogger()
        do {
            let names = try Environment().pullSecrets(secrets)
            let connection = try cluster.connection()
            var options = PullSecretOptions(
                names: names, home: try cluster.namespace(connection: connection), namespaceSelector: namespaceSelector)
            options.policy = policy
            options.binding = policyBinding
            options.interval = interval
            let status = Monitor(PullSecretStatus(names: names))
            let listener = try once ? nil : listen?.serve(status)
            defer { listener?.stop() }
            let keeper = try PullSecretKeeper(
                options: options,
                connect: { KubernetesClient(connection, userAgent: userAgent, time: .system, patience: $0) },
                status: status, time: .system, log: log)
            guard once else { return try keeper.run() }
            if let problem = keeper.once().problems.first { throw ExitCode(problem.exitCode) }
        } catch let error as ProvisioningError {
            log.critical("\(error)")
            throw ExitCode(error.exitCode)
        }
    }
}

/// Where a listener listens.
struct ListenAddress {
    private let host: String
    private let port: UInt16

    init(_ text: String) throws {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]) else {
            throw ValidationError("write an address as 0.0.0.0:8080, [::1]:8080 or :8080.")
        }
        host = String(text[..<colon].drop { $0 == "[" }.prefix { $0 != "]" })
        self.port = port
    }

    func serve(_ status: Monitor<PullSecretStatus>) throws(ProvisioningError) -> StatusListener {
        do throws(Errno) {
            return try StatusListener(host: host, port: port) { path in
                let status = status.withLock { $0 }
                return switch path {
                case "/healthz": (200, "ok\n")
                case "/readyz": status.isReady ? (200, "ready\n") : (503, "not ready\n")
                case "/metrics": (200, status.text)
                default: nil
                }
            }
        } catch {
            throw .configuration("cannot listen at \(host):\(port): \(error)")
        }
    }
}
