// From outside: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/

private import FoundationEssentials
private import Posix
private import YAML

extension Connection {
    /// What a kubeconfig says, be it YAML or JSON.
    ///
    /// - Parameters:
    ///   - path: As KUBECONFIG has it: several may be joined by `:`. The first one that is there counts, alone; unlike
    ///     kubectl, which merges them.
    ///   - context: Nil: the file's `current-context`.
    ///   - allowInsecure: Whether `insecure-skip-tls-verify: true` is obeyed.
    package static func kubeconfig(
        _ path: String, context: String? = nil, allowInsecure: Bool = false
    ) throws(KubernetesError) -> Connection {
        for path in path.split(separator: ":").map(String.init) {
            let bytes: [UInt8]?
            do throws(Errno) {
                bytes = try FileSystem.readIfPresent(path, limit: Material.limit)
            } catch {
                throw KubernetesError(nil, .configuration("cannot read \(path): \(error)"))
            }
            guard let bytes else { continue }
            return try Kubeconfig(bytes, path: path).connection(context: context, allowInsecure: allowInsecure)
        }
        throw KubernetesError(nil, .configuration("there is no kubeconfig at \(path)"))
    }
}

private struct Kubeconfig {
    private let path: String
    private let root: YAMLNode

    init(_ bytes: [UInt8], path: String) throws(KubernetesError) {
        self.path = path
        do throws(YAMLError) {
            guard let root = try YAMLNode(document: bytes) else {
                throw YAMLError(YAMLMark(index: 0, line: 1, column: 1), "empty")
            }
            self.root = root
        } catch {
            throw KubernetesError(nil, .configuration("\(path):\(error)"))
        }
    }

    func connection(context name: String?, allowInsecure: Bool) throws(KubernetesError) -> Connection {
        let current = try text(root, "current-context")
        guard let name = name ?? current, !name.isEmpty else {
            throw failure(root, "there is no current-context")
        }
        let context = try entry("contexts", name, "context")
        guard let clusterName = try text(context, "cluster") else {
            throw failure(context, "the context \(name) names no cluster")
        }
        let cluster = try entry("clusters", clusterName, "cluster")
        var credentials = Connection.Credentials.none
        if let userName = try text(context, "user") {
            credentials = try self.credentials(try entry("users", userName, "user"))
        }

        guard let server = try text(cluster, "server") else { throw failure(cluster, "it has no server") }
        let address = try WebAddress(server)
        let isLoopback = address.isLoopback
        if address.scheme != "https" {
            guard isLoopback else {
                throw failure(cluster, "\(server) is not https, which only a server on this machine may do without")
            }
        }
        return Connection(
            server: server.hasSuffix("/") ? String(server.dropLast()) : server,
            trust: try trust(cluster, allowInsecure: allowInsecure),
            credentials: credentials,
            serverName: try text(cluster, "tls-server-name"),
            namespace: try text(context, "namespace"),
            proxy: try text(cluster, "proxy-url").map { .url($0) } ?? (isLoopback ? .none : .environment))
    }

    private func trust(_ cluster: YAMLNode, allowInsecure: Bool) throws(KubernetesError) -> Connection.Trust {
        let authority = try material(cluster, "certificate-authority")
        if let skip = cluster["insecure-skip-tls-verify"], !skip.isNull {
            guard let isSkipped = skip.bool else { throw failure(skip, "insecure-skip-tls-verify is true or false") }
            if isSkipped {
                guard allowInsecure else {
                    throw failure(
                        skip,
                        "insecure-skip-tls-verify is refused, since whoever answers would be believed; to do so: "
                            + "--allow-insecure; better: certificate-authority")
                }
                return .unverified
            }
        }
        return authority.map { .authority($0) } ?? .system
    }

    /// In kubectl's order: a certificate, then a token.
    private func credentials(_ user: YAMLNode) throws(KubernetesError) -> Connection.Credentials {
        for unsupported in ["exec", "auth-provider", "username", "password", "as"] {
            if let node = user[unsupported], !node.isNull {
                throw failure(
                    node,
                    "\(unsupported) is not supported; supported are client-certificate with client-key, token and "
                        + "tokenFile (kubectl create token makes one)")
            }
        }
        let certificate = try material(user, "client-certificate")
        let key = try material(user, "client-key")
        switch (certificate, key) {
        case (let certificate?, let key?): return .clientCertificate(certificate, key: key)
        case (nil, nil): break
        default: throw failure(user, "client-certificate and client-key go together")
        }
        // As kubectl has it: the file counts before the text.
        if let file = try text(user, "tokenFile") { return .bearerToken(.file(absolute(file))) }
        if let token = try text(user, "token") { return .bearerToken(.bytes(Array(token.utf8))) }
        return .none
    }

    /// What `KEY-data` holds, or what is in the file that `KEY` names.
    private func material(_ node: YAMLNode, _ key: String) throws(KubernetesError) -> Connection.Material? {
        if let text = try text(node, "\(key)-data") {
            // As kubectl has it: line breaks, which a block of text has, count for nothing.
            guard let data = Data(base64Encoded: text.filter { !$0.isNewline }) else {
                throw failure(node, "\(key)-data is not base64")
            }
            return .bytes([UInt8](data))
        }
        guard let file = try text(node, key) else { return nil }
        return .file(absolute(file))
    }

    /// Paths in a kubeconfig start from its own folder.
    private func absolute(_ file: String) -> String {
        guard !file.hasPrefix("/"), let slash = path.lastIndex(of: "/") else { return file }
        return path[...slash] + file
    }

    private func entry(_ list: String, _ name: String, _ key: String) throws(KubernetesError) -> YAMLNode {
        guard let node = root[list]?.elements?.first(where: { $0["name"]?.string == name }), let entry = node[key]
        else {
            throw failure(root, "there is no \"\(name)\" in \(list)")
        }
        return entry
    }

    /// Nil also for an empty text, which kubectl writes where there is nothing.
    private func text(_ node: YAMLNode, _ key: String) throws(KubernetesError) -> String? {
        guard let value = node[key], !value.isNull else { return nil }
        guard let text = value.string else { throw failure(value, "\(key) is no text") }
        return text.isEmpty ? nil : text
    }

    private func failure(_ node: YAMLNode, _ reason: String) -> KubernetesError {
        KubernetesError(nil, .configuration("\(path):\(node.start): \(reason)"))
    }
}
