internal import Certificates
internal import Posix
internal import Registry
internal import VerifierProtocol

/// A verifier whose requests a test answers, at times of its own.
struct Script {
    var verifier: RegistryVerifier
    var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
    /// All requests so far, as `HEAD https://host/path`, with `+auth` where they say who asks.
    var log: [String] = []

    init(credentials: String = "{}", _ change: (inout RegistryOptions) -> Void = { _ in }) throws {
        var options = RegistryOptions()
        change(&options)
        verifier = RegistryVerifier(options, credentials: try Credentials(Array(credentials.utf8)))
    }

    /// Asks for one image, and answers what that asks for.
    mutating func ask(_ text: String, _ answer: (HTTPRequest) -> Result<HTTPAnswer, HTTPFailure>) throws -> Finding {
        let image = try RegistryImage(Array(text.utf8))
        switch verifier.ask(image, at: now) {
        case .finding(let finding):
            answerAll(answer)
            return finding
        case .lookup(let number):
            let found = answerAll(answer)
            guard let finding = found.first(where: { $0.lookup == number })?.finding else {
                throw HTTPFailure.failed("nothing came of it")
            }
            return finding
        }
    }

    /// Answers all requests until there are no more; what came of it.
    @discardableResult
    mutating func answerAll(
        _ answer: (HTTPRequest) -> Result<HTTPAnswer, HTTPFailure>
    ) -> [(lookup: Int, finding: Finding)] {
        while true {
            let requests = verifier.takeRequests()
            if requests.isEmpty { return verifier.takeFindings() }
            for (number, request) in requests {
                let hasAuthorization = request.headers.contains { $0.hasPrefix("Authorization: ") }
                log.append("\(request.method.rawValue) \(request.address.text)\(hasAuthorization ? " +auth" : "")")
                verifier.finish(number, answer(request), at: now)
            }
        }
    }
}

extension Result<HTTPAnswer, HTTPFailure> {
    static func answer(_ status: Int, _ headers: [String: String] = [:], _ body: String = "") -> Self {
        .success(
            HTTPAnswer(
                status: status, headers: headers.map { (name: $0.key.lowercased(), value: $0.value) },
                body: Array(body.utf8)))
    }

    /// What a registry answers to HEAD for a manifest.
    static func manifest(_ digest: String, type: String = "application/vnd.oci.image.manifest.v1+json") -> Self {
        .answer(200, ["Docker-Content-Digest": digest, "Content-Type": type])
    }

    static let absent = answer(404, ["Docker-Distribution-Api-Version": "registry/2.0"])
}

func digest(_ text: String) -> String {
    let bytes = SHA256.digest(Array(text.utf8))
    return "sha256:" + bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

let someDigest = digest("some")

extension Finding {
    var isPresent: Bool { if case .present = answer { true } else { false } }
}
