import FuzzSupport
import Posix
import Registry
import VerifierProtocol

/// Any bytes as frames of the verifier's protocol, and as what a hostile registry answers to looks for images.
@c(LLVMFuzzerTestOneInput)
public func fuzzVerifier(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    unsafe withInput(start, count) { bytes in
        let copied = bytes.copied(0..<bytes.count)
        checkFrames(copied)
        var registry = HostileRegistry(bytes: copied)
        registry.run()
    }
}

/// What is read as a request or as answers is written as the same bytes.
private func checkFrames(_ bytes: [UInt8]) {
    if let request = try? VerifierRequest(content: bytes), case .ask = request {
        require((try? request.frame())?.dropFirst(4).elementsEqual(bytes) == true, "a request is its bytes")
    }
    if bytes.count > 2, let reply = try? VerifierAnswer.reply(in: bytes, to: Int(bytes[1]) << 8 | Int(bytes[2])) {
        let frame = try? VerifierAnswer.frame(reply.answers, lasting: reply.lasting)
        require(frame?.dropFirst(4).elementsEqual(bytes) == true, "answers are their bytes")
    }
    var buffer = FrameBuffer()
    buffer.append(bytes.span)
    while let content = try? buffer.next() {
        require(content.count <= VerifierFrame.longestContent, "frames are bounded")
    }
    // What a registry writes where URLs, challenges and references are read.
    let text = String(decoding: bytes, as: UTF8.self)
    if let address = WebAddress(text) {
        require(WebAddress(address.text) == address, "a URL reads as it is written: \(address.text)")
        require(!address.host.contains("/") && !address.host.contains("@"), "a host is one: \(address.host)")
    }
    _ = try? Credentials(bytes)
    _ = Challenge(HTTPAnswer(status: 401, headers: [("www-authenticate", text)]))
}

/// Answers with what the bytes choose, and watches what is asked.
private struct HostileRegistry {
    private var bytes: ArraySlice<UInt8>
    private var now = MonotonicTime(nanoseconds: 1)
    private var verifier: RegistryVerifier

    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let secret = "dTpzZWNyZXQ="
    /// Who may see the secret: the registry, and the realm that is named for it.
    private static let trusted = ["https://r.example/", "https://auth.example/"]

    private static let statuses = [200, 200, 200, 401, 401, 404, 302, 307, 429, 403, 405, 500, 204]
    private static let types = [
        "application/vnd.oci.image.index.v1+json", "application/vnd.oci.image.manifest.v1+json", "text/html",
        "application/vnd.docker.distribution.manifest.v2+json; charset=utf-8", "",
    ]
    private static let locations = [
        "https://r.example/x", "https://evil.example/x", "http://r.example/x", "/v2/", "//evil.example/",
        "https://r.example:443/",
        "https://r.example:444/", "https://u@r.example/", "https://r.example.evil.example/", "https://auth.example/",
        "",
    ]
    private static let challenges = [
        #"Basic realm="x""#, #"Bearer realm="https://auth.example/t",service="s""#,
        #"Bearer realm="https://evil.example/t""#,
        #"Bearer realm="http://auth.example/t""#, #"Bearer realm="https://r.example/t",scope="repository:other:push""#,
        #"Basic, Bearer realm="https://evil.example/""#, "Negotiate", "Bearer",
    ]
    private static let bodies = [
        "", "{}", #"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#, #"{"token":"t","expires_in":0}"#,
        #"{"access_token":"u"}"#, #"{"token":"a b"}"#, "[[[[", #"{"os":"linux","architecture":"amd64"}"#,
        #"{"schemaVersion":2,"config":{"digest":"\#(digest)"}}"#,
        #"{"schemaVersion":2,"manifests":[{"digest":"\#(digest)","platform":{"os":"linux","architecture":"amd64"}}]}"#,
        #"{"schemaVersion":2,"manifests":[{"digest":"../../x","platform":{"os":"linux","architecture":"amd64"}}]}"#,
    ]

    init(bytes: [UInt8]) {
        self.bytes = bytes[...]
        var options = RegistryOptions()
        options.parallel = 2
        options.cacheCapacity = 3
        options.breakerFailures = 2
        require((try? options.addTokenRealm("r.example=auth.example")) != nil, "a token realm is named")
        if bytes.first.map({ $0 & 1 == 1 }) ?? false { options.platforms = [Platform("linux/amd64")].compactMap { $0 } }
        let file = #"{"auths":{"r.example":{"auth":"\#(Self.secret)"}}}"#
        verifier = RegistryVerifier(options, credentials: (try? Credentials(Array(file.utf8))) ?? Credentials())
    }

    mutating func run() {
        var asked: [Int] = []
        var found: Set<Int> = []
        for index in 0..<8 {
            let tag = pick(["1", "2", "3@\(Self.digest)", "4"])
            guard let image = try? RegistryImage(Array("\(pick(["r.example", "s.example"]))/a\(index % 3):\(tag)".utf8))
            else {
                return require(false, "it is a reference")
            }
            if case .lookup(let number) = verifier.ask(image, at: now) { asked.append(number) }
            answerAll(&found, rounds: Int(byte() % 4))
            now = now + .milliseconds(Int(byte()) * 40)
        }
        answerAll(&found, rounds: 10_000)
        require(verifier.lookupsInHand == 0, "every look ends")
        require(asked.allSatisfy(found.contains), "every look has its finding")
        require(verifier.cachedImages <= 3, "the cache is bounded")
    }

    private mutating func answerAll(_ found: inout Set<Int>, rounds: Int) {
        for _ in 0..<rounds {
            let requests = verifier.takeRequests()
            for (number, request) in requests {
                check(request)
                verifier.finish(number, answer(to: request), at: now)
            }
            for (lookup, finding) in verifier.takeFindings() {
                found.insert(lookup)
                guard case .present(let digest) = finding.answer else { continue }
                require(VerifierAnswer.isDigest(digest), "what is there has a digest")
            }
            // Once all is asked, a look must end by itself.
            if requests.isEmpty { break }
        }
    }

    private func check(_ request: HTTPRequest) {
        let text = request.address.text
        require(request.address.isSecure, "nothing is asked without TLS: \(text)")
        require(request.timeout > .zero, "time is left")
        guard let line = request.headers.first(where: { $0.hasPrefix("Authorization: ") }) else { return }
        if line.contains(Self.secret) {
            require(Self.trusted.contains { text.hasPrefix($0) }, "the password stays where it belongs: \(text)")
        } else {
            require(!text.contains("evil.example"), "a token stays with its registry: \(text)")
        }
        require(!line.utf8.contains { $0 < 0x20 }, "a header is one line")
    }

    private mutating func answer(to request: HTTPRequest) -> Result<HTTPAnswer, HTTPFailure> {
        switch byte() % 16 {
        case 0: return .failure(.timedOut)
        case 1: return .failure(.tooLong)
        case 2: return .failure(.failed("cut"))
        default: break
        }
        var headers: [(name: String, value: String)] = []
        let choice = byte()
        if choice & 1 == 0 { headers.append(("docker-content-digest", choice & 2 == 0 ? Self.digest : "sha256:no")) }
        if choice & 4 == 0 { headers.append(("docker-distribution-api-version", "registry/2.0")) }
        if choice & 8 == 0 { headers.append(("content-type", pick(Self.types))) }
        headers.append(("location", pick(Self.locations)))
        headers.append(("www-authenticate", pick(Self.challenges)))
        headers.append(("retry-after", pick(["1", "-1", "9999999999999999999", "x"])))
        let body = request.method == .head ? "" : pick(Self.bodies)
        return .success(HTTPAnswer(status: pick(Self.statuses), headers: headers, body: Array(body.utf8)))
    }

    private mutating func byte() -> UInt8 { bytes.popFirst() ?? 0 }

    private mutating func pick<Element>(_ items: [Element]) -> Element { items[Int(byte()) % items.count] }
}
