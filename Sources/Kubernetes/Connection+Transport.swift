// What one request needs of the connection, its files read now.

private import Posix

extension Connection.Material {
    /// Bytes that a file with credentials, or a kubeconfig, has at most.
    static let limit = 1024 * 1024

    /// The bytes as they are now.
    func read(_ what: String) throws(KubernetesError) -> [UInt8] {
        switch self {
        case .bytes(let bytes): return bytes
        case .file(let path):
            let bytes: [UInt8]?
            do throws(Errno) {
                bytes = try FileSystem.readIfPresent(path, limit: Self.limit)
            } catch {
                throw KubernetesError(nil, .configuration("cannot read \(what) \(path): \(error)"))
            }
            guard let bytes else { throw KubernetesError(nil, .configuration("\(what) \(path) is missing")) }
            return bytes
        }
    }
}

extension Connection {
    func transport(userAgent: String) throws(KubernetesError) -> Transport {
        let trust: Transport.Trust =
            switch self.trust {
            case .authority(let material): .authority(try material.read("the authority"))
            case .system: .system
            case .unverified: .unverified
            }
        var transport = Transport(trust: trust, proxy: proxy, userAgent: userAgent)
        if case .clientCertificate(let certificate, let key) = credentials {
            transport.clientCertificate = try certificate.read("the client certificate")
            transport.clientKey = try key.read("the client key")
        }
        if let serverName {
            transport.connectTo = try WebAddress(server).connectTo(as: serverName)
        }
        return transport
    }

    /// `Authorization: …`; nil where there is no token.
    func authorization() throws(KubernetesError) -> String? {
        guard case .bearerToken(let material) = credentials else { return nil }
        let token = String(decoding: try material.read("the token"), as: UTF8.self).trimmed
        // RFC 6750, section 2.1. A line break in it would begin a header of its own.
        guard !token.isEmpty, token.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw KubernetesError(nil, .configuration("the token is empty, or holds what no token may hold"))
        }
        return "Authorization: Bearer \(token)"
    }

    /// The server's URL as requests name it: with the name that its certificate must have.
    func base() throws(KubernetesError) -> String {
        guard let serverName else { return server }
        return try WebAddress(server).url(host: serverName)
    }
}
