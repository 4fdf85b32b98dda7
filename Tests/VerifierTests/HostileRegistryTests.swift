import Posix
import Registry
import RegistryServers
import TestSupport
import Testing
import Verifier
import VerifierProtocol

@Suite struct HostileRegistryTests {
    private static let digest = "sha256:" + String(repeating: "ab", count: 32)
    private static let manifestType = "Content-Type: application/vnd.oci.image.manifest.v1+json"

    private func verifier(
        _ hosts: [String], credentials: String? = nil, _ change: (inout RegistryOptions) -> Void = { _ in }
    ) -> Verifier {
        Signal.pipe.ignore()
        var options = Verifier.Options(userAgent: "test")
        options.registries.plainHosts = Set(hosts)
        options.registries.timeout = .seconds(2)
        options.credentials = credentials
        change(&options.registries)
        return Verifier(options)
    }

    private func finding(_ verifier: Verifier, _ reference: String, within limit: Duration = .seconds(20)) -> Finding {
        verifier.findings(of: [Array(reference.utf8)], within: limit)[0]
    }

    struct Case: CustomTestStringConvertible, Sendable {
        var testDescription: String
        var answer: StandInRegistry.Answer
        /// A part of what is told.
        var reason: String

        init(_ what: String, _ answer: StandInRegistry.Answer, _ reason: String) {
            (testDescription, self.answer, self.reason) = (what, answer, reason)
        }
    }

    @Test(arguments: [
        Case("nothing at all", .nothing, "in time"),
        Case("a cut", .cut, "reply"),
        Case("half a header", .bytes("HTTP/1.1 200 OK\r\nDocker-Content-Digest: \(digest)\r\n"), "in time"),
        Case("no HTTP", .bytes("SSH-2.0-OpenSSH_9.2\r\n\r\n"), "HTTP"),
        Case(
            "a slow drip",
            .drip("HTTP/1.1 200 OK\r\nX: \(String(repeating: "x", count: 5000))\r\n\r\n", milliseconds: 20), "in time"),
        Case(
            "headers without end",
            .endless(start: "HTTP/1.1 200 OK\r\n", piece: "X: \(String(repeating: "x", count: 1000))\r\n"), "too long"),
        Case(
            "one header without end",
            .endless(start: "HTTP/1.1 200 OK\r\nX: ", piece: String(repeating: "x", count: 1000)), ""),
        Case(
            "a body without end",
            .endless(start: "HTTP/1.1 200 OK\r\n\(manifestType)\r\n\r\n", piece: String(repeating: "x", count: 10_000)),
            "too long"),
        Case(
            "a digest of rubbish",
            .status(200, [manifestType, "Docker-Content-Digest: sha256:\(String(repeating: "Z", count: 64))"], "{}"),
            "no manifest"),
        Case("deep nesting", .status(200, [manifestType], String(repeating: "[", count: 100_000)), "no manifest"),
        Case("a page", .status(200, ["Content-Type: text/html"], "<html>"), "text/html"),
        Case("a page that says 404", .status(404, ["Content-Type: text/html"], "<html>"), "not as a registry"),
        Case("a circle", .status(302, ["Location: /v2/"]), "on and on"),
        Case("a file", .status(302, ["Location: file:///etc/passwd"]), "nowhere"),
        Case("a realm of rubbish", .status(401, ["WWW-Authenticate: Bearer realm=\"\u{1}\""]), "wants nothing"),
        Case("500", .status(500), "500"),
        Case("429", .status(429, ["Retry-After: 99999999999999999999"]), "429"),
        Case(
            "a header line that is folded",
            .bytes("HTTP/1.1 200 OK\r\nDocker-Content-Digest:\r\n \(digest)\r\nContent-Length: 0\r\n\r\n"), ""),
    ])
    func answerIsUnknownInTime(_ row: Case) throws {
        let registry = try StandInRegistry { _ in row.answer }
        let start = MonotonicTime.now
        let found = finding(verifier([registry.host]), "\(registry.host)/a:1")
        #expect(found.answer == .unknown)
        #expect(found.reason?.contains(row.reason) == true, "\(found.reason ?? "")")
        #expect(MonotonicTime.now - start < .seconds(15))
    }

    /// Though its asker waits no longer, a slow answer is kept for the next one.
    @Test func lateAnswerServesTheNextQuestion() throws {
        let isDue = Monitor(false)
        let registry = try StandInRegistry { _ in
            isDue.withLock(when: { $0 }, before: .now + .seconds(20)) { _ in }
            return .status(404, ["Docker-Distribution-Api-Version: registry/2.0"])
        }
        let verifier = verifier([registry.host]) { $0.timeout = .seconds(20) }
        #expect(finding(verifier, "\(registry.host)/a:1", within: .milliseconds(100)).answer == .unknown)
        isDue.withLock { $0 = true }
        isDue.notify()
        #expect(finding(verifier, "\(registry.host)/a:1").answer == .absent)
        #expect(registry.requests.count == 1)
    }

    @Test func credentialsStayWithTheirHost() throws {
        let folder = try TemporaryFolder()
        let other = try StandInRegistry { request in
            request.headers["authorization"] == nil
                ? .status(200, [Self.manifestType, "Docker-Content-Digest: \(Self.digest)"])
                : .status(500)
        }
        let otherHost = other.host
        let registry = try StandInRegistry { request in
            guard request.headers["authorization"] == "Basic dTpw" else {
                return .status(401, ["WWW-Authenticate: Basic realm=\"r\""])
            }
            // The same host by another port is another one as well.
            return .status(307, ["Location: http://\(otherHost)/elsewhere"])
        }
        let login = try folder.write(
            #"{"auths":{"\#(registry.host)":{"username":"u","password":"p"}}}"#, to: "config.json")
        let found = finding(verifier([registry.host, otherHost], credentials: login), "\(registry.host)/a:1")
        #expect(found.answer == .present(digest: Array(Self.digest.utf8)))
        #expect(registry.requests.contains { $0.headers["authorization"] != nil })
        #expect(!other.requests.isEmpty)
        #expect(other.requests.allSatisfy { $0.headers["authorization"] == nil && $0.headers["cookie"] == nil })
    }

    /// A realm elsewhere is asked without credentials only where there are none.
    @Test func realmElsewhereGetsNoCredentials() throws {
        let folder = try TemporaryFolder()
        let realm = try StandInRegistry { _ in .status(200, [], #"{"token":"t"}"#) }
        let realmHost = realm.host
        let registry = try StandInRegistry { request in
            request.headers["authorization"] == "Bearer t"
                ? .status(404, ["Docker-Distribution-Api-Version: registry/2.0"])
                : .status(401, ["WWW-Authenticate: Bearer realm=\"http://\(realmHost)/t\""])
        }
        let login = try folder.write(
            #"{"auths":{"\#(registry.host)":{"username":"u","password":"p"}}}"#, to: "config.json")
        #expect(
            finding(verifier([registry.host, realmHost], credentials: login), "\(registry.host)/a:1").answer == .unknown
        )
        #expect(realm.requests.isEmpty)
        #expect(finding(verifier([registry.host, realmHost]), "\(registry.host)/a:1").answer == .absent)
        #expect(realm.requests.allSatisfy { $0.headers["authorization"] == nil })
        // It is not asked at all where TLS would end there.
        #expect(finding(verifier([registry.host]), "\(registry.host)/b:1").answer == .unknown)
        #expect(realm.requests.count == 1)
    }

    /// More than may wait for one registry.
    @Test func anyNumberIsFoundOutWithoutTheSocket() throws {
        let registry = try StandInRegistry { request in
            .status(404, ["Docker-Distribution-Api-Version: registry/2.0"])
        }
        let verifier = verifier([registry.host]) {
            $0.parallel = 4
            $0.longestQueue = 2
        }
        let references = (0..<1500).map { Array("\(registry.host)/a\($0 % 1000):1".utf8) }
        let findings = verifier.findings(of: references, within: .seconds(60))
        #expect(findings.allSatisfy { $0.answer == .absent })
        #expect(registry.requests.count == 1000)
    }

    @Test func tooMuchToAskIsBounded() throws {
        let registry = try StandInRegistry { _ in .nothing }
        let verifier = verifier([registry.host]) {
            $0.parallel = 3
            $0.breakerFailures = 1000
        }
        let references = (0..<50).map { Array("\(registry.host)/a\($0):1".utf8) }
        let start = MonotonicTime.now
        let findings = verifier.findings(of: references, within: .seconds(1))
        #expect(findings.allSatisfy { $0.answer == .unknown })
        #expect(MonotonicTime.now - start < .seconds(10))
        // They were sent; the registry's threads may not have read them yet.
        #expect(eventually { registry.requests.count >= 3 })
        #expect(registry.requests.count == 3)
    }
}
