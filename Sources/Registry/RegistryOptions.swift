/// How registries are asked.
package struct RegistryOptions: Sendable {
    /// Hosts (`host[:port]`) that are asked by HTTP, without TLS.
    package var plainHosts: Set<String> = []
    /// By registry: hosts that get its credentials for a token, besides its own.
    package var tokenRealms: [String: Set<String>] = [RegistryImage.dockerHub: ["auth.docker.io"]]
    /// What each image must be there for; nothing is asked where there are none.
    package var platforms: [Platform] = []

    /// How long an image that was there counts as there.
    package var presentLifetime: Duration = .seconds(300)
    /// How long one that was not there counts as absent, and a refusal as one.
    package var absentLifetime: Duration = .seconds(30)
    /// Images that are remembered.
    package var cacheCapacity = 20_000

    /// How long one look for an image may take, all its exchanges together.
    package var timeout: Duration = .seconds(5)
    /// Looks at a time for images of one registry.
    package var parallel = 16
    /// Looks that may wait for one of those.
    package var longestQueue = 1000
    /// Failures in a row after which a registry is left alone.
    package var breakerFailures = 5
    /// How long it is, before one look tries again.
    package var breakerPause: Duration = .seconds(10)

    package init() {}
}

// What users write.
extension RegistryOptions {
    /// Why a text is no option.
    package struct Problem: Error, Equatable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// `host[:port]`
    package mutating func addPlainHost(_ text: String) throws(Problem) {
        guard WebAddress.isHost(text) else {
            throw Problem(description: "a registry without TLS must be host[:port], not \(text)")
        }
        plainHosts.insert(text)
    }

    /// `host=realmhost`: lets a registry's credentials go to a token realm on another host. After the plain hosts.
    package mutating func addTokenRealm(_ text: String) throws(Problem) {
        let parts = text.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, parts.allSatisfy(WebAddress.isHost) else {
            throw Problem(description: "a token realm must be host=realmhost, not \(text)")
        }
        addTokenRealm(parts[1], of: parts[0])
    }

    /// `linux/amd64,linux/arm64`
    package mutating func addPlatforms(_ text: String) throws(Problem) {
        for text in text.split(separator: ",") {
            guard let platform = Platform(String(text)) else {
                throw Problem(description: "platforms must be as linux/amd64,linux/arm64, not \(text)")
            }
            platforms.append(platform)
        }
    }

    private mutating func addTokenRealm(_ realm: String, of registry: String) {
        let host = WebAddress(isSecure: !plainHosts.contains(realm), host: realm, path: "/").host
        tokenRealms[RegistryImage.registry(ofHost: registry), default: []].insert(host)
    }
}
