// What answers of a registry mean: https://github.com/opencontainers/distribution-spec, "API".

private import Certificates
internal import Posix
internal import VerifierProtocol

extension RegistryVerifier {
    /// Goes to a step's first request.
    mutating func begin(_ step: Lookup.Step, of number: Int, at now: MonotonicTime) {
        guard var lookup = lookups[number] else { return }
        lookup.step = step
        lookup.redirects = 0
        lookup.challenges = 0
        lookup.address = endpoint(lookup.image.registry, path: lookup.path)
        lookups[number] = lookup
        send(number, at: now)
    }

    /// Sends the request that a look is at, authenticated as its registry wants it.
    mutating func send(_ number: Int, at now: MonotonicTime) {
        guard let lookup = lookups[number] else { return }
        // Elsewhere than at its own registry, nothing is told who asks.
        guard lookup.address.hasSameOrigin(as: endpoint(lookup.image.registry)) else {
            return send(number, authorization: nil, at: now)
        }
        switch authorization(for: lookup, at: now) {
        case .header(let text): send(number, authorization: text, at: now)
        case .token(let realm, let service): askForToken(number, realm: realm, service: service, at: now)
        }
    }

    mutating func send(_ number: Int, authorization: String?, at now: MonotonicTime) {
        guard var lookup = lookups[number] else { return }
        guard now < lookup.end else {
            return end(number, Finding(.unknown, "\(HTTPFailure.timedOut)"), .failing, at: now)
        }
        lookup.exchanges += 1
        lookup.isAuthenticated = authorization != nil
        guard lookup.exchanges <= Lookup.mostExchanges else {
            return end(number, Finding(.unknown, "it answers with ever more to ask"), at: now)
        }
        lookups[number] = lookup
        let request = HTTPRequest(
            method: lookup.method, address: lookup.address,
            headers: lookup.headers + (authorization.map { ["Authorization: \($0)"] } ?? []),
            longestBody: lookup.longestBody, timeout: lookup.end - now)
        send(request, for: .lookup(number))
    }

    mutating func take(_ result: Result<HTTPAnswer, HTTPFailure>, for number: Int, at now: MonotonicTime) {
        guard let lookup = lookups[number] else { return }
        let answer: HTTPAnswer
        switch result {
        case .success(let found): answer = found
        case .failure(.tooLong): return end(number, Finding(.unknown, "\(HTTPFailure.tooLong)"), at: now)
        case .failure(let failure): return end(number, Finding(.unknown, "\(failure)"), .failing, at: now)
        }
        switch answer.status {
        case 200: takeContent(answer, of: lookup, number, at: now)
        case 301, 302, 303, 307, 308: follow(answer, of: lookup, number, at: now)
        case 401: authenticate(answer, for: lookup, number, at: now)
        case 404: takeAbsence(answer, of: lookup, number, at: now)
        case 429:
            end(
                number, Finding(.unknown, "it answers 429: it is asked too much"), .closed(for: answer.retryAfter),
                at: now)
        case 405 where lookup.step == .tag(.head): begin(.tag(.get), of: number, at: now)
        case 408, 500...: end(number, Finding(.unknown, "it answers \(answer.status)"), .failing, at: now)
        default: end(number, Finding(.unknown, "it answers \(answer.status)"), at: now)
        }
    }

    private mutating func follow(_ answer: HTTPAnswer, of lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        let unknown = { (reason: String) in Finding(.unknown, "it answers \(answer.status), which \(reason)") }
        guard let location = answer.header("location"), let address = lookup.address.following(location) else {
            return end(number, unknown("leads nowhere"), at: now)
        }
        guard mayFollow(address, from: lookup.address) else {
            return end(number, unknown("leads to \(address.host) without TLS"), at: now)
        }
        guard lookup.redirects < Lookup.mostRedirects else { return end(number, unknown("leads on and on"), at: now) }
        lookups[number]?.redirects += 1
        lookups[number]?.address = address
        send(number, at: now)
    }

    // MARK: 404

    /// Certain only from a registry: a proxy or a wrong address answers 404 as well.
    private mutating func takeAbsence(_ answer: HTTPAnswer, of lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        let absent: Finding
        switch lookup.step {
        case .tag: absent = Finding(.absent, "it is not there")
        case .digest:
            absent = Finding(.absent, lookup.image.isDigest ? "it is not there" : "its tag is there, its digest is not")
        case .children: absent = Finding(.absent, "a manifest of its index is not there")
        case .configuration:
            return end(number, Finding(.unknown, "its configuration is not there"), at: now)
        }
        let isHTML = answer.mediaType == "text/html"
        let saysRegistry = answer.header("docker-distribution-api-version")?.hasPrefix("registry/2") ?? false
        if saysRegistry, !isHTML { return end(number, absent, at: now) }
        switch lookup.method {
        case .head:
            // Only a body says whether a registry speaks.
            switch lookup.step {
            case .tag: begin(.tag(.get), of: number, at: now)
            case .children(let digests, _): begin(.children(digests, .get), of: number, at: now)
            case .digest, .configuration: begin(.digest(.get), of: number, at: now)
            }
        case .get:
            let codes = ImageDocument.errorCodes(answer.body)
            let isCertain = codes.contains { ["MANIFEST_UNKNOWN", "NAME_UNKNOWN", "NOT_FOUND"].contains($0) }
            end(number, isCertain ? absent : Finding(.unknown, "it answers 404, but not as a registry does"), at: now)
        }
    }

    // MARK: 200

    private mutating func takeContent(_ answer: HTTPAnswer, of lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        if case .configuration(let digest) = lookup.step {
            return takeConfiguration(answer, digest, of: lookup, number, at: now)
        }
        if let type = answer.mediaType, !ImageDocument.mediaTypes.contains(type) {
            return end(number, Finding(.unknown, "it answers with \(type), which is no manifest"), at: now)
        }
        switch lookup.method {
        case .head: takeHead(answer, of: lookup, number, at: now)
        case .get: takeManifest(answer, of: lookup, number, at: now)
        }
    }

    private mutating func takeHead(_ answer: HTTPAnswer, of lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        let digest = answer.mediaType == nil ? nil : answer.digest
        switch lookup.step {
        case .tag:
            guard let digest else { return begin(.tag(.get), of: number, at: now) }
            lookups[number]?.digest = digest
            begin(digestStep, of: number, at: now)
        case .digest:
            guard let digest else { return begin(.digest(.get), of: number, at: now) }
            guard digest == lookup.digest else { return end(number, Self.anotherDigest, at: now) }
            end(number, Finding(.present(digest: Array(digest.utf8))), at: now)
        case .children(let digests, _):
            if let digest, digest != digests.first { return end(number, Self.anotherDigest, at: now) }
            goOn(withChildren: Array(digests.dropFirst()), of: lookup, number, at: now)
        case .configuration: break
        }
    }

    private mutating func goOn(
        withChildren rest: [String], of lookup: Lookup, _ number: Int, at now: MonotonicTime
    ) {
        guard rest.isEmpty else { return begin(.children(rest, .head), of: number, at: now) }
        end(number, Finding(.present(digest: Array(lookup.digest.utf8))), at: now)
    }

    private static let anotherDigest = Finding(.unknown, "it answers with another digest than the one asked for")

    private mutating func takeManifest(_ answer: HTTPAnswer, of lookup: Lookup, _ number: Int, at now: MonotonicTime) {
        guard let manifest = ImageDocument.manifest(answer.body) else {
            return end(number, Finding(.unknown, "it answers with what is no manifest"), at: now)
        }
        let digest = SHA256.text(answer.body)
        if case .children(let digests, _) = lookup.step {
            guard digest == digests.first else { return end(number, Self.anotherDigest, at: now) }
            return goOn(withChildren: Array(digests.dropFirst()), of: lookup, number, at: now)
        }
        if case .tag = lookup.step {
            lookups[number]?.digest = digest
            return begin(digestStep, of: number, at: now)
        }
        guard digest == lookup.digest else { return end(number, Self.anotherDigest, at: now) }
        let present = Finding(.present(digest: Array(digest.utf8)))
        guard !options.platforms.isEmpty else { return end(number, present, at: now) }
        if let children = manifest.manifests {
            takeIndex(children, number, at: now)
        } else if let configuration = manifest.config, RegistryImage.isDigest(configuration.digest) {
            begin(.configuration(configuration.digest), of: number, at: now)
        } else {
            end(number, Finding(.unknown, "its manifest names no configuration"), at: now)
        }
    }

    private mutating func takeIndex(_ children: [ImageDocument.Child], _ number: Int, at now: MonotonicTime) {
        var digests: [String] = []
        for platform in options.platforms {
            let child = children.first { $0.platform.map(platform.isMet) ?? false }
            guard let child else { return end(number, Finding(.absent, "its index lacks \(platform)"), at: now) }
            guard RegistryImage.isDigest(child.digest) else {
                return end(number, Finding(.unknown, "its index names a manifest by no digest"), at: now)
            }
            if !digests.contains(child.digest) { digests.append(child.digest) }
        }
        begin(.children(digests, .head), of: number, at: now)
    }

    /// A manifest alone is for one platform: the one that its configuration names.
    private mutating func takeConfiguration(
        _ answer: HTTPAnswer, _ digest: String, of lookup: Lookup, _ number: Int, at now: MonotonicTime
    ) {
        guard SHA256.text(answer.body) == digest else { return end(number, Self.anotherDigest, at: now) }
        guard let platform = ImageDocument.platform(answer.body) else {
            return end(number, Finding(.unknown, "its configuration names no platform"), at: now)
        }
        if let lacking = options.platforms.first(where: { !$0.isMet(by: platform) }) {
            return end(number, Finding(.absent, "it is no index, and lacks \(lacking)"), at: now)
        }
        end(number, Finding(.present(digest: Array(lookup.digest.utf8))), at: now)
    }
}

extension HTTPAnswer {
    /// `Docker-Content-Digest`, if it is one.
    fileprivate var digest: String? {
        header("docker-content-digest").flatMap { RegistryImage.isDigest($0) ? $0 : nil }
    }

    /// `Retry-After` in seconds (RFC 9110, section 10.2.3), up to ten minutes; registries write no dates there.
    var retryAfter: Duration? {
        guard let seconds = header("retry-after").flatMap(Int.init), seconds > 0 else { return nil }
        return .seconds(min(seconds, 600))
    }
}

extension SHA256 {
    /// `sha256:` and hexadecimal digits.
    fileprivate static func text(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("sha256:".utf8)
        for byte in digest(bytes) {
            text.append(digits[Int(byte >> 4)])
            text.append(digits[Int(byte & 15)])
        }
        return String(decoding: text, as: UTF8.self)
    }
}
