import APIServerStandIn
import Certificates
import Foundation
import Kubernetes
import Posix
import Testing

struct TransportTests {
    private func read(_ client: KubernetesClient) throws(KubernetesError) -> Secret? {
        try client.secret("imageswap-ca", namespace: namespace)
    }

    @Test func anAnswerMayComeInChunks() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret())
        scene.server.faults = { _ in .chunked }
        #expect(try read(scene.client) == made)
    }

    @Test func aConnectionIsKeptForTheNextCall() throws {
        let scene = try Scene()
        for _ in 0..<5 { #expect(try read(scene.client) == nil) }
        #expect(scene.server.connectionCount == 1)
    }

    @Test func aSlowAnswerIsWaitedFor() throws {
        let scene = try Scene()
        scene.server.faults = { _ in .delayed(milliseconds: 50) }
        #expect(try read(scene.client) == nil)
        #expect(scene.time.pauses.isEmpty)
    }

    @Test func anAnswerThatDoesNotComeIsGivenUp() throws {
        let scene = try Scene()
        scene.server.faults = { _ in .delayed(milliseconds: 2000) }
        let client = KubernetesClient(
            scene.server.connection, userAgent: "tests/1", time: scene.time.source, patience: .zero,
            timeout: .milliseconds(100))
        let error = scene.failure(of: client, read)
        #expect(error?.isUnreachable == true)
        #expect(error?.description.contains("timed out") == true, "\(String(describing: error))")
    }

    @Test func anAnswerWithoutEndIsNotTaken() throws {
        let scene = try Scene()
        let body = String(repeating: "x", count: 17 * 1024 * 1024)
        scene.server.faults = { _ in .status(200, body: body) }
        let error = scene.failure(read)
        #expect(error?.cause == .unreachable("the answer is longer than 16777216 bytes"))
        #expect(scene.time.pauses.isEmpty)
    }

    @Test func aServerOfAnotherAuthorityIsNotBelieved() throws {
        let scene = try Scene()
        let other = try TestAuthority("other", validity: Validity(days: 1, from: TimeSource.system.now()))
        let client = scene.makeClient { $0.trust = .authority(.bytes(other.certificate)) }
        let error = scene.failure(of: client, read)
        #expect(error?.isUnreachable == true)
        #expect(error?.description.contains("certificate") == true, "\(String(describing: error))")
        // It would not get better by trying again, and the token was not sent.
        #expect(scene.time.pauses.isEmpty)
        #expect(scene.server.log.isEmpty)
        let system = scene.makeClient { $0.trust = .system }
        #expect(scene.failure(of: system, read)?.isUnreachable == true)
        let anyone = scene.makeClient { $0.trust = .unverified }
        #expect(try read(anyone) == nil)
    }

    @Test func anAuthorityThatIsNoCertificateIsToldOf() throws {
        let scene = try Scene()
        let client = scene.makeClient { $0.trust = .authority(.bytes(Array("rubbish".utf8))) }
        let error = scene.failure(of: client, read)
        #expect(error?.isUnreachable == true)
        #expect(scene.time.pauses.isEmpty)
    }

    @Test func theServersNameIsVerified() throws {
        let scene = try Scene()
        let other = scene.makeClient { $0.serverName = "other.example.com" }
        let error = scene.failure(of: other, read)
        #expect(error?.description.contains("other.example.com") == true, "\(String(describing: error))")
        #expect(scene.time.pauses.isEmpty)
        let named = scene.makeClient { $0.serverName = "kubernetes.default.svc" }
        #expect(try read(named) == nil)
        #expect(scene.server.log.count == 1)
    }

    @Test func aTokenIsReadAnewForEachCall() throws {
        let scene = try Scene()
        let folder = try Folder()
        scene.server.configure { $0.tokens = ["first": "one", "second": "two"] }
        let token = try folder.write("first\n", to: "token")
        let client = scene.makeClient { $0.credentials = .bearerToken(.file(token)) }
        _ = try read(client)
        try folder.write("second", to: "token")
        _ = try read(client)
        #expect(scene.server.log.map(\.user) == ["one", "two"])
        #expect(scene.server.connectionCount == 1)
    }

    @Test func anAuthoritysFileIsReadAnewForEachCall() throws {
        let scene = try Scene()
        let folder = try Folder()
        let other = try TestAuthority("other", validity: Validity(days: 1, from: TimeSource.system.now()))
        let file = try folder.write(String(decoding: other.certificate, as: UTF8.self), to: "ca.crt")
        let client = scene.makeClient { $0.trust = .authority(.file(file)) }
        #expect(scene.failure(of: client, read)?.isUnreachable == true)
        try folder.write(String(decoding: other.certificate + scene.server.caPEM, as: UTF8.self), to: "ca.crt")
        #expect(try read(client) == nil)
    }

    @Test(arguments: ["", "  \n", "two words", "line\nX-Other: header", "t\u{e9}"])
    func whatCanBeNoTokenIsNotSent(text: String) throws {
        let scene = try Scene()
        let client = scene.makeClient { $0.credentials = .bearerToken(.bytes(Array(text.utf8))) }
        let error = scene.failure(of: client, read)
        #expect(error?.cause == .configuration("the token is empty, or holds what no token may hold"))
        #expect(scene.server.log.isEmpty)
    }

    @Test func aMissingTokenFileIsNamed() throws {
        let scene = try Scene()
        let client = scene.makeClient { $0.credentials = .bearerToken(.file("/nowhere/token")) }
        #expect(scene.failure(of: client, read)?.cause == .configuration("the token /nowhere/token is missing"))
    }

    @Test func aClientCertificateSaysWhoAsks() throws {
        let scene = try Scene()
        let pair = try scene.server.clientCertificate(user: "jane")
        let client = scene.makeClient {
            $0.credentials = .clientCertificate(.bytes(pair.certificate), key: .bytes(pair.key))
        }
        #expect(try read(client) == nil)
        #expect(scene.server.log.map(\.user) == ["jane"])
    }

    @Test func aClientKeyOfAnotherCertificateIsToldOf() throws {
        let scene = try Scene()
        let pair = try scene.server.clientCertificate(user: "jane")
        let other = try scene.server.clientCertificate(user: "jack")
        let client = scene.makeClient {
            $0.credentials = .clientCertificate(.bytes(pair.certificate), key: .bytes(other.key))
        }
        let error = scene.failure(of: client, read)
        #expect(error?.isUnreachable == true)
        #expect(scene.time.pauses.isEmpty)
        #expect(error?.description.contains("PRIVATE KEY") == false)
    }

    @Test func aProxyOfTheEnvironmentIsPassedOver() async throws {
        await #expect(processExitsWith: .success) {
            unsafe setenv("HTTPS_PROXY", "http://127.0.0.1:1", 1)
            unsafe setenv("https_proxy", "http://127.0.0.1:1", 1)
            let scene = try Scene()
            _ = try scene.client.secret("imageswap-ca", namespace: namespace)
        }
    }

    @Test func aConnectionThatTheServerEndedIsReplaced() throws {
        let scene = try Scene()
        for _ in 0..<5 {
            #expect(try read(scene.client) == nil)
            scene.server.endConnections()
        }
        #expect(scene.server.log.count == 5)
        #expect(scene.server.connectionCount == 5)
    }

    @Test func aServerThatGoesWhileItIsSentABodyDoesNotEndTheProcess() async throws {
        await #expect(processExitsWith: .success) {
            signal(SIGPIPE, SIG_DFL)
            let scene = try Scene()
            // More than the server takes: it ends the connection, and what is sent after that has no reader.
            let text = String(repeating: "# a comment\n", count: 400_000)
            let client = scene.makeClient(patience: .seconds(1))
            let error = scene.failure(of: client) { client throws(KubernetesError) in
                try client.apply(webhookConfiguration: "x", yaml: text)
            }
            precondition(error?.isUnreachable == true, "\(String(describing: error))")
        }
    }
}
