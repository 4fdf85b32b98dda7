// Where the API server is, and how one shows who one is.

/// What a client needs to know of an API server.
///
/// Files are named rather than read: the kubelet writes new tokens, and new authorities, into those of a pod, so each
/// request reads them afresh.
package struct Connection: Equatable, Sendable {
    /// Bytes that were given, or a file that holds them.
    package enum Material: Equatable, Sendable {
        case bytes([UInt8])
        case file(String)
    }

    package enum Credentials: Equatable, Sendable {
        case none
        case bearerToken(Material)
        /// PEM
        case clientCertificate(Material, key: Material)
    }

    /// What the server's certificate is verified against.
    package enum Trust: Equatable, Sendable {
        /// Authorities in PEM.
        case authority(Material)
        /// The machine's authorities.
        case system
        /// Nothing: whoever answers is believed. Only where the user said so twice.
        case unverified
    }

    package enum Proxy: Equatable, Sendable {
        case none
        /// What HTTPS_PROXY and NO_PROXY say, as kubectl has it.
        case environment
        case url(String)
    }

    /// Without a slash at its end.
    package var server: String
    package var trust: Trust
    package var credentials: Credentials
    /// The name that the server's certificate must have, where it is not the URL's.
    package var serverName: String?
    /// The namespace that we are in; nil where none is named.
    package var namespace: String?
    package var proxy: Proxy

    package init(
        server: String, trust: Trust, credentials: Credentials, serverName: String? = nil, namespace: String? = nil,
        proxy: Proxy = .none
    ) {
        self.server = server
        self.trust = trust
        self.credentials = credentials
        self.serverName = serverName
        self.namespace = namespace
        self.proxy = proxy
    }
}
