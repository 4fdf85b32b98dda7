internal import Posix
internal import Registry
internal import Testing
internal import VerifierProtocol

@Suite struct RegistryVerifierTests {
    private static let image = "r.example/a/b:1"

    @Test func tagIsThereIfItsDigestIs() throws {
        var script = try Script()
        let finding = try script.ask(Self.image) { _ in .manifest(someDigest) }
        #expect(finding == Finding(.present(digest: Array(someDigest.utf8))))
        #expect(
            script.log == [
                "HEAD https://r.example/v2/a/b/manifests/1", "HEAD https://r.example/v2/a/b/manifests/\(someDigest)",
            ])
    }

    /// A mirror that keeps tags after their manifests are gone: what a kubelet pulls is the digest.
    @Test func tagWhoseDigestIsGoneIsAbsent() throws {
        var script = try Script()
        let finding = try script.ask(Self.image) {
            $0.address.path.hasSuffix("/1") ? .manifest(someDigest) : .absent
        }
        #expect(finding == Finding(.absent, "its tag is there, its digest is not"))
    }

    @Test func digestIsAskedForAlone() throws {
        var script = try Script()
        #expect(try script.ask("r.example/a:1@\(someDigest)") { _ in .manifest(someDigest) }.isPresent)
        #expect(script.log == ["HEAD https://r.example/v2/a/manifests/\(someDigest)"])
        let finding = try script.ask("r.example/c@\(someDigest)") { _ in .manifest(digest("other")) }
        #expect(finding.answer == .unknown)
    }

    @Test func dockerHubIsAskedWhereItAnswers() throws {
        var script = try Script()
        _ = try script.ask("docker.io/nginx") { _ in .absent }
        #expect(script.log == ["HEAD https://registry-1.docker.io/v2/library/nginx/manifests/latest"])
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var what: String
        var answer: Result<HTTPAnswer, HTTPFailure>
        var body: Result<HTTPAnswer, HTTPFailure>?
        var expected: VerifierAnswer
        var testDescription: String { what }

        init(
            _ what: String, _ answer: Result<HTTPAnswer, HTTPFailure>, get body: Result<HTTPAnswer, HTTPFailure>? = nil,
            _ expected: VerifierAnswer
        ) {
            (self.what, self.answer, self.body, self.expected) = (what, answer, body, expected)
        }
    }

    @Test(arguments: [
        Case("404 of a registry", .absent, .absent),
        Case(
            "404 with a code", .answer(404), get: .answer(404, [:], #"{"errors":[{"code":"MANIFEST_UNKNOWN"}]}"#),
            .absent),
        Case("404, no name", .answer(404), get: .answer(404, [:], #"{"errors":[{"code":"NAME_UNKNOWN"}]}"#), .absent),
        Case("404 of a proxy", .answer(404, ["Content-Type": "text/html"]), get: .answer(404, [:], "<html>"), .unknown),
        Case(
            "404 of a proxy that adds a registry's header",
            .answer(404, ["Content-Type": "text/html", "Docker-Distribution-Api-Version": "registry/2.0"]),
            get: .answer(404, ["Content-Type": "text/html"], "<html>"), .unknown),
        Case("404 with another code", .answer(404), get: .answer(404, [:], #"{"errors":[{"code":"X"}]}"#), .unknown),
        Case("a page", .answer(200, ["Content-Type": "text/html"]), .unknown),
        Case("a page with a digest", .manifest(someDigest, type: "text/html; charset=utf-8"), .unknown),
        Case("schema 1", .manifest(someDigest, type: "application/vnd.docker.distribution.manifest.v1+json"), .unknown),
        Case("a digest that is none", .manifest("sha256:xyz"), get: .answer(200, [:], "{}"), .unknown),
        Case("401 for nothing known", .answer(401, ["WWW-Authenticate": "Negotiate"]), .unknown),
        Case("401 without credentials", .answer(401, ["WWW-Authenticate": "Basic realm=\"r\""]), .unknown),
        Case("403", .answer(403), .unknown),
        Case("410", .answer(410), .unknown),
        Case("429", .answer(429), .unknown),
        Case("500", .answer(500), .unknown),
        Case("503", .answer(503), .unknown),
        Case("204", .answer(204), .unknown),
        Case("no answer", .failure(.timedOut), .unknown),
        Case("a long answer", .failure(.tooLong), .unknown),
        Case("a cut", .failure(.failed("cut")), .unknown),
        Case("a redirect to nowhere", .answer(302), .unknown),
        Case("a redirect without TLS", .answer(302, ["Location": "http://r.example/x"]), .unknown),
        Case("a redirect in a circle", .answer(302, ["Location": "/v2/a/b/manifests/1"]), .unknown),
        Case("a redirect with a user", .answer(302, ["Location": "https://u:p@r.example/"]), .unknown),
    ])
    func answerMeans(_ row: Case) throws {
        var script = try Script()
        let finding = try script.ask(Self.image) { $0.method == .get ? row.body ?? row.answer : row.answer }
        #expect(finding.answer == row.expected)
        #expect(finding.reason != nil)
    }

    @Test func withoutDigestHeaderTheBodySaysWhich() throws {
        let body = #"{"schemaVersion":2,"config":{"digest":"\#(someDigest)"}}"#
        var script = try Script()
        let finding = try script.ask(Self.image) {
            $0.method == .get ? .answer(200, [:], body) : .answer(200, ["Docker-Content-Digest": "rubbish"])
        }
        #expect(finding == Finding(.present(digest: Array(digest(body).utf8))))
        // Another body than that of the digest asked for.
        let other = try script.ask("r.example/a/c@\(someDigest)") {
            $0.method == .get ? .answer(200, [:], body) : .answer(200)
        }
        #expect(other.answer == .unknown)
    }

    @Test func redirectIsFollowedWithoutCredentials() throws {
        var script = try Script(credentials: #"{"auths":{"r.example":{"username":"u","password":"p"}}}"#)
        let finding = try script.ask(Self.image) {
            if $0.address.host == "store.example" { return .manifest(someDigest) }
            let isKnown = $0.headers.contains { $0.hasPrefix("Authorization: ") }
            return isKnown
                ? .answer(307, ["Location": "https://store.example/x?y"])
                : .answer(401, ["WWW-Authenticate": "Basic realm=\"r\""])
        }
        #expect(finding.isPresent)
        #expect(
            script.log == [
                "HEAD https://r.example/v2/a/b/manifests/1", "HEAD https://r.example/v2/a/b/manifests/1 +auth",
                "HEAD https://store.example/x?y", "HEAD https://r.example/v2/a/b/manifests/\(someDigest) +auth",
                "HEAD https://store.example/x?y",
            ])
    }

    @Test func plainHostsAreAskedByHTTP() throws {
        var script = try Script { $0.plainHosts = ["r.example:5000", "s.example"] }
        let finding = try script.ask("r.example:5000/a") {
            switch $0.address.host {
            case "s.example": .manifest(someDigest)
            case "r.example:5000": .answer(307, ["Location": "http://s.example/x"])
            default: .answer(500)
            }
        }
        #expect(finding.isPresent)
        #expect(script.log.first == "HEAD http://r.example:5000/v2/a/manifests/latest")
        #expect(
            try script.ask("r.example:5000/b") { _ in .answer(307, ["Location": "http://t.example/"]) }.answer
                == .unknown)
        #expect(!script.log.contains { $0.contains("t.example") })
    }
}
