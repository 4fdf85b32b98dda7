// From within a pod: https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/

private import Posix

extension Connection {
    /// What the kubelet gives each pod that has a service account; nil outside of a cluster.
    ///
    /// - Parameter environment: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT_HTTPS, or KUBERNETES_SERVICE_PORT,
    ///   or 443.
    package static func inCluster(
        environment: [String: String], directory: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(KubernetesError) -> Connection? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty else { return nil }
        let port =
            ["KUBERNETES_SERVICE_PORT_HTTPS", "KUBERNETES_SERVICE_PORT"]
            .lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? "443"
        guard UInt16(port) != nil else { throw KubernetesError(nil, .configuration("no port: \(port)")) }
        let token = "\(directory)/token"
        let authority = "\(directory)/ca.crt"
        for path in [token, authority] {
            guard try readIfPresent(path) != nil else {
                throw KubernetesError(
                    nil, .configuration("\(path) is missing: is automountServiceAccountToken false for this pod?"))
            }
        }
        let namespace = try readIfPresent("\(directory)/namespace").map { String(decoding: $0, as: UTF8.self).trimmed }
        return Connection(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)", trust: .authority(.file(authority)),
            credentials: .bearerToken(.file(token)), namespace: namespace.flatMap { $0.isEmpty ? nil : $0 })
    }

    private static func readIfPresent(_ path: String) throws(KubernetesError) -> [UInt8]? {
        do throws(Errno) {
            return try FileSystem.readIfPresent(path, limit: Material.limit)
        } catch {
            throw KubernetesError(nil, .configuration("cannot read \(path): \(error)"))
        }
    }
}
