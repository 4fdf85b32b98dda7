internal import ImageSwap
private import VerifierProtocol

/// What a registry is asked for: a repository's tag, or its digest.
package struct RegistryImage: Hashable, Sendable {
    /// `host[:port]` in lower case; `docker.io` for Docker Hub.
    package let registry: String
    package let repository: String
    /// The digest, where the reference has one; else the tag, `latest` where it has none.
    package let reference: String
    package let isDigest: Bool

    package static let dockerHub = "docker.io"

    /// Why a text is none.
    package enum Problem: Error, Equatable, Sendable {
        case notReference(String)
        case noRegistry
        case digestAlgorithm
    }

    /// Reads `registry[:port]/path[:tag][@digest]`.
    package init(_ text: [UInt8]) throws(Problem) {
        let bytes = text.span
        let image: ImageReference
        do throws(ImageReferenceError) {
            image = try ImageReference(bytes)
        } catch {
            throw .notReference("\(error)")
        }
        guard image.hasRegistry else { throw .noRegistry }
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let registry = part(0..<image.registryEnd).lowercased()
        let path = part(image.path)
        self.registry = Self.dockerHubNames.contains(registry) ? Self.dockerHub : registry
        repository = self.registry == Self.dockerHub && !path.contains("/") ? "library/\(path)" : path
        isDigest = !image.digest.isEmpty
        if isDigest {
            // Docker-Content-Digest and answers of the verifier are of sha256, as is all that registries make themselves.
            guard VerifierAnswer.isDigest(Array(text[image.digest])) else { throw .digestAlgorithm }
            reference = part(image.digest)
        } else {
            reference = image.tag.isEmpty ? "latest" : part(image.tag)
        }
    }

    /// Whether a text is `sha256:` and 64 hexadecimal digits.
    static func isDigest(_ text: String) -> Bool { VerifierAnswer.isDigest(Array(text.utf8)) }

    private static let dockerHubNames: Set = ["docker.io", "index.docker.io", "registry-1.docker.io"]

    /// The host that answers for a registry.
    static func endpoint(_ registry: String) -> String { registry == dockerHub ? "registry-1.docker.io" : registry }

    /// The name under which credentials for a host are stored.
    static func registry(ofHost host: String) -> String {
        let host = host.lowercased()
        return dockerHubNames.contains(host) ? dockerHub : host
    }
}

extension RegistryImage: CustomStringConvertible {
    package var description: String { "\(registry)/\(repository)\(isDigest ? "@" : ":")\(reference)" }
}

extension RegistryImage.Problem: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notReference(let why): "it is no image reference: \(why)"
        case .noRegistry: "it names no registry"
        case .digestAlgorithm: "its digest is not of sha256"
        }
    }
}
