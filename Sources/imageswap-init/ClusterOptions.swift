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
        let environment = [String: String].current
        let connection: Connection
        do throws(KubernetesError) {
            if let kubeconfig {
                connection = try .kubeconfig(kubeconfig, context: context, allowInsecure: allowInsecure)
            } else if let found = try Connection.inCluster(environment: environment) {
                connection = found
            } else if let path = environment["KUBECONFIG"], !path.isEmpty {
                connection = try .kubeconfig(path, context: context, allowInsecure: allowInsecure)
            } else {
                throw KubernetesError(
                    nil, .configuration("neither in a pod nor with a kubeconfig: set KUBECONFIG or --kubeconfig"))
            }
        } catch {
            throw .kubernetes(error)
        }
        return KubernetesClient(connection, userAgent: "imageswap-init/\(imageSwapVersion)", time: .system)
    }

    func namespace(client: KubernetesClient?) throws(ProvisioningError) -> String {
        if let namespace = namespace ?? Environment().namespace ?? client?.namespace { return namespace }
        throw .configuration("the namespace is not known: set --namespace or IMAGESWAP_NAMESPACE_NAME")
    }
}
