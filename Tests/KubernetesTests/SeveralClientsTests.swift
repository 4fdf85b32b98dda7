import APIServerStandIn
import Foundation
import Kubernetes
import Posix
import Testing

struct SeveralClientsTests {
    private static let threads = 6
    private static let changes = 10

    @Test func noChangeIsLostWhereEachNamesTheVersionThatItRead() throws {
        let scene = try Scene()
        _ = try scene.client.create(tlsSecret())
        let failures = Monitor<[String]>([])
        let (connection, time) = (scene.server.connection, scene.time.source)
        let threads = try (0..<Self.threads).map { number in
            try Posix.Thread(name: "client-\(number)", stackSize: 1 << 20) {
                let client = KubernetesClient(connection, userAgent: "tests/1", time: time)
                do {
                    for change in 0..<Self.changes { try add("\(number)-\(change)", by: client) }
                } catch {
                    failures.withLock { $0.append("\(error)") }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(failures.withLock { $0 } == [])
        let keys = try #require(try scene.client.secret("imageswap-ca", namespace: namespace)?.data?.keys)
        #expect(keys.count == 2 + Self.threads * Self.changes)
        let versions = scene.server.log.filter { $0.method == "PATCH" && $0.status == 200 }.map(\.resourceVersion)
        #expect(Set(versions).count == Self.threads * Self.changes)
    }

    @Test func aRequestIsSeenBeforeItIsDoneAndBeforeItIsAnswered() throws {
        let scene = try Scene()
        let seen = Monitor<[String]>([])
        scene.server.configure { settings in
            settings.onRequest = { request in
                seen.withLock { $0.append("\(request.verb) \(request.resourceName) \(request.name ?? "-")") }
            }
            settings.onAnswer = { [server = scene.server] request, status in
                let isThere = server.get(.secrets, "imageswap-ca") != nil
                seen.withLock { $0.append("\(status) \(isThere)") }
            }
        }
        _ = try scene.client.create(tlsSecret())
        _ = try scene.client.delete(secret: "imageswap-ca", namespace: namespace)
        scene.server.stop()
        #expect(
            seen.withLock { $0 } == ["create secrets -", "201 true", "delete secrets imageswap-ca", "200 false"])
    }
}

/// Adds a key to the Secret, as often as it takes.
private func add(_ key: String, by client: KubernetesClient) throws {
    while true {
        guard let read = try client.secret("imageswap-ca", namespace: namespace) else { throw Errno.notFound }
        do throws(KubernetesError) {
            _ = try client.update(
                secret: "imageswap-ca", namespace: namespace, resourceVersion: read.metadata.resourceVersion ?? "",
                data: [key: Data("x".utf8)])
            return
        } catch {
            guard error.isConflict else { throw error }
        }
    }
}
