import APIServerStandIn
import Certificates
import Foundation
import Kubernetes
import Posix
import Testing

/// The question whether the webhook answers yet; the stand-in is the web server here.
struct ReadinessTests {
    private func status(
        of scene: Scene, path: String = "/healthz", port: UInt16? = nil, authority: [UInt8]? = nil,
        serverName: String = "kubernetes.default.svc"
    ) -> Result<Int, KubernetesError> {
        scene.client.answers(
            url: "https://127.0.0.1:\(port ?? scene.server.port)\(path)", authority: authority ?? scene.server.caPEM,
            serverName: serverName)
    }

    @Test func theStatusIsToldWhateverItIs() throws {
        let scene = try Scene()
        scene.server.fail(first: [.status(200, body: "ok"), .status(503)])
        #expect(try status(of: scene).get() == 200)
        #expect(try status(of: scene).get() == 503)
        #expect(try status(of: scene).get() == 404)
        #expect(scene.time.pauses.isEmpty)
        #expect(scene.server.log.map(\.path) == ["/healthz", "/healthz", "/healthz"])
    }

    @Test func noTokenIsSent() throws {
        let scene = try Scene()
        _ = status(of: scene)
        #expect(scene.server.log.map(\.user) == ["system:anonymous"])
    }

    @Test func aServerThatClientsWouldRefuseDoesNotAnswer() throws {
        let scene = try Scene()
        let other = try TestAuthority("other", validity: Validity(days: 1, from: TimeSource.system.now()))
        let results = [
            status(of: scene, authority: other.certificate), status(of: scene, authority: []),
            status(of: scene, serverName: "imageswap.imageswap-system.svc"),
        ]
        for result in results {
            #expect(throws: KubernetesError.self) { try result.get() }
        }
        #expect(scene.server.log.isEmpty)
    }

    @Test func whereNobodyListensThereIsNoAnswer() throws {
        let scene = try Scene()
        let port = scene.server.port
        scene.server.stop()
        let result = status(of: scene, port: port)
        #expect(throws: KubernetesError.self) { try result.get() }
        #expect(scene.time.pauses.isEmpty)
    }

    @Test(arguments: ["", "ftp://127.0.0.1/", "https://user@127.0.0.1/", "https://", "no url"])
    func whatIsNoURLIsToldOf(url: String) throws {
        let scene = try Scene()
        let result = scene.client.answers(url: url, authority: scene.server.caPEM, serverName: "a")
        #expect(throws: KubernetesError.self) { try result.get() }
    }
}
