internal import Posix

/// One look for an image: which question it is at.
struct Lookup: Sendable {
    /// The questions, in their order. A kubelet does the same: a tag's digest, then what that digest names.
    enum Step: Equatable, Sendable {
        /// Which digest a tag has.
        case tag(HTTPRequest.Method)
        /// Whether the digest is there; with its body, what platforms it is for.
        case digest(HTTPRequest.Method)
        /// Whether these manifests of an index are there.
        case children([String], HTTPRequest.Method)
        /// What platform a manifest's configuration names.
        case configuration(String)
    }

    let image: RegistryImage
    let asked: MonotonicTime
    var isProbe = false
    var end: MonotonicTime
    var step: Step
    var address: WebAddress
    /// What was found: the image's digest, which is asked for from then on.
    var digest: String
    var redirects = 0
    /// Answers 401 to this step's request so far.
    var challenges = 0
    /// Whether the last request told who asks.
    var isAuthenticated = false
    var exchanges = 0

    static let mostRedirects = 5
    static let mostExchanges = 40

    var method: HTTPRequest.Method {
        switch step {
        case .tag(let method), .digest(let method), .children(_, let method): method
        case .configuration: .get
        }
    }

    /// Bytes of a manifest at most (distribution's own limit), of a configuration, and of an answer without a body.
    var longestBody: Int {
        switch step {
        case .tag, .digest, .children: 4 << 20
        case .configuration: 1 << 20
        }
    }

    /// The API's path: distribution-spec, "Pulling manifests" and "Pulling blobs".
    var path: String {
        let repository = "/v2/\(image.repository)"
        return switch step {
        case .tag: "\(repository)/manifests/\(image.reference)"
        case .digest: "\(repository)/manifests/\(digest)"
        case .children(let digests, _): "\(repository)/manifests/\(digests.first ?? digest)"
        case .configuration(let digest): "\(repository)/blobs/\(digest)"
        }
    }

    var headers: [String] {
        if case .configuration = step { return [] }
        return ["Accept: \(ImageDocument.mediaTypes.joined(separator: ", "))"]
    }
}
