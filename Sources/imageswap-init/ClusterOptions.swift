// Which API server, and which namespace.

import ArgumentParser
import Glibc
import ImageSwap
import Kubernetes
import Posix
import Provisioning

/// Options of the commands that talk to the API server.
struct ClusterOptions: ParsableArguments {
    @Option(help: "The webhook's namespace; by default the pod's, or the kubeconfig's.")
    var namespace: String?

    @Option(help: ArgumentHelp("A kubeconfig; by default KUBECONFIG, where there is no pod.", valueName: "file"))
    var kubeconfig: String?

    @Option(help: ArgumentHelp("The kubeconfig's context; by default its current one.", valueName: "name"))
    var context: String?

    @Flag(help: "Obey insecure-skip-tls-verify of the kubeconfig.")
    var allowInsecure = false

    /// A client of the API server that the pod, or a kubeconfig, names.
    func client() throws(ProvisioningError) -> KubernetesClient {
        KubernetesClient(try connection(), userAgent: userAgent, time: .system)
    }

    func connection() throws(ProvisioningError) -> Connection {
        let environment = [String: String].current
        do throws(KubernetesError) {
            if let kubeconfig {
                return try .kubeconfig(kubeconfig, context: context, allowInsecure: allowInsecure)
            } else if let found = try Connection.inCluster(environment: environment) {
                return found
            } else if let path = environment["KUBECONFIG"], !path.isEmpty {
                return try .kubeconfig(path, context: context, allowInsecure: allowInsecure)
            } else {
                throw KubernetesError(
                    nil, .configuration("neither in a pod nor with a kubeconfig: set KUBECONFIG or --kubeconfig"))
            }
        } catch {
            throw .kubernetes(error)
        }
    }

    func namespace(client: KubernetesClient?) throws(ProvisioningError) -> String {
        try namespace(named: client?.namespace)
    }

    func namespace(connection: Connection) throws(ProvisioningError) -> String {
        try namespace(named: connection.namespace)
    }

    private func namespace(named fallback: String?) throws(ProvisioningError) -> String {
        if let namespace = namespace ?? Environment().namespace ?? fallback { return namespace }
        throw .configuration("the namespace is not known: set --namespace or IMAGESWAP_NAMESPACE_NAME")
    }
}

/// What we call ourselves in the API server's logs.
let userAgent = "imageswap-init/\(imageSwapVersion)"
