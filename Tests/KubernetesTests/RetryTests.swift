import APIServerStandIn
import Foundation
import Kubernetes
import Posix
import Testing

struct RetryTests {
    private func read(_ client: KubernetesClient) throws(KubernetesError) -> Secret? {
        try client.secret("imageswap-ca", namespace: namespace)
    }

    @Test(
        arguments: [
            .status(429), .status(500), .status(502, body: "bad gateway"), .status(503), .closed, .lost,
            .cut(afterBytes: 20),
            .cut(afterBytes: 400),
        ] as [Fault])
    func whatMayPassIsTriedAgain(fault: Fault) throws {
        let scene = try Scene()
        scene.server.put(.secrets, secretWithALongValue)
        scene.server.fail(first: [fault, fault])
        #expect(try scene.client.secret("long", namespace: namespace)?["a"]?.count == 3000)
        #expect(scene.server.log.count == 3)
        #expect(scene.time.pauses.count == 2)
    }

    @Test func waitsGrowUpToALimitAndEndWithThePatience() throws {
        let scene = try Scene()
        scene.server.faults = { _ in .status(503) }
        let error = scene.failure(read)
        #expect(error?.cause == .unreachable("it answers 503: apiserver is shutting down"))
        #expect(error?.exitCode == 69)
        let pauses = scene.time.pauses.map { $0 / .seconds(1) }
        for (index, pause) in pauses.enumerated() {
            let longest = min(0.25 * Double(1 << index), 8)
            #expect((longest / 2 - 0.001...longest).contains(pause), "\(index): \(pause)")
        }
        let total = pauses.reduce(0, +)
        #expect((52...60).contains(total), "\(total)")
        #expect(scene.server.log.count == pauses.count + 1)
    }

    @Test func patienceIsTheCallers() throws {
        let scene = try Scene()
        scene.server.faults = { _ in .status(429, headers: ["Retry-After": "1"]) }
        let client = scene.makeClient(patience: .milliseconds(2500))
        #expect(scene.failure(of: client, read)?.isUnreachable == true)
        #expect(scene.time.pauses == [.seconds(1), .seconds(1)])
        let hasty = scene.makeClient(patience: .zero)
        #expect(scene.failure(of: hasty, read)?.isUnreachable == true)
        #expect(scene.time.pauses.count == 2)
    }

    @Test func aServerMaySayHowLongToWait() throws {
        let scene = try Scene()
        scene.server.fail(first: [
            .status(429, headers: ["Retry-After": "7"]), .status(503, headers: ["Retry-After": "4000"]),
        ])
        #expect(try read(scene.client) == nil)
        #expect(scene.time.pauses == [.seconds(7), .seconds(30)])
    }

    @Test(arguments: ["0", "-5", "soon", "Wed, 25 Nov 2026 00:00:09 GMT", "99999999999999999999"])
    func whatIsNoWaitIsPassedOver(value: String) throws {
        let scene = try Scene()
        scene.server.fail(first: [.status(429, headers: ["Retry-After": value])])
        #expect(try read(scene.client) == nil)
        #expect(scene.time.pauses.count == 1)
        #expect(scene.time.pauses.allSatisfy { $0 <= .milliseconds(250) })
    }

    @Test func aServerThatIsGoneIsOutOfReach() throws {
        let scene = try Scene()
        _ = try read(scene.client)
        scene.server.stop()
        let error = scene.failure(read)
        #expect(error?.isUnreachable == true)
        #expect(error?.exitCode == 69)
        #expect(scene.time.pauses.count > 5)
    }

    @Test func aCreateWhoseAnswerIsLostEndsAsThereAlready() throws {
        let scene = try Scene()
        _ = try read(scene.client)
        scene.server.fail(first: [.lost])
        let error = scene.failure { client throws(KubernetesError) in try client.create(tlsSecret()) }
        #expect(error?.cause == .alreadyExists("secrets \"imageswap-ca\" already exists"))
        #expect(try scene.client.secret("imageswap-ca", namespace: namespace) != nil)
    }

    @Test func anUpdateWhoseAnswerIsLostEndsAsAConflict() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret())
        scene.server.fail(first: [.lost])
        let error = scene.failure { client throws(KubernetesError) in
            try client.update(
                secret: "imageswap-ca", namespace: namespace, resourceVersion: made.metadata.resourceVersion ?? "",
                data: ["new": Data("x".utf8)])
        }
        #expect(error?.isConflict == true)
        #expect(try read(scene.client)?["new"] == Array("x".utf8))
    }

    @Test func aStaleReadIsWhatWasThereBefore() throws {
        let scene = try Scene()
        let made = try scene.client.create(tlsSecret())
        scene.server.change(.secrets, "imageswap-ca") { $0["data"]?["new"] = .base64(Array("x".utf8)) }
        scene.server.fail(first: [.stale])
        #expect(try read(scene.client) == made)
        #expect(try read(scene.client)?["new"] != nil)
    }

    @Test func theClocksAreCompared() throws {
        let scene = try Scene()
        #expect(scene.client.clockOffset == nil)
        _ = try read(scene.client)
        #expect(scene.client.clockOffset == 0)
        let slow = TimeSource(now: { today - 400 }, pause: { _ in })
        let client = KubernetesClient(scene.server.connection, userAgent: "tests/1", time: slow)
        _ = try read(client)
        #expect(client.clockOffset == 400)
    }
}

private let secretWithALongValue: JSONValue = [
    "metadata": ["name": "long", "namespace": .string(namespace)],
    "data": ["a": .base64([UInt8](repeating: 0x61, count: 3000))],
]
