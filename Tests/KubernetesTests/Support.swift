// What the tests of this target share.

import APIServerStandIn
import Foundation
import Kubernetes
import Posix

/// The clock of the tests: 2026-11-25 00:00:00 UTC.
let today: Int64 = 1_795_564_800
let namespace = "imageswap-system"

/// A server and a client of it, on one clock.
final class Scene {
    let time: SimulatedTime
    let server: APIServerStandIn
    private(set) var client: KubernetesClient

    init() throws {
        time = SimulatedTime(today)
        server = try APIServerStandIn(time: time.source)
        client = KubernetesClient(server.connection, userAgent: "tests/1", time: time.source)
    }

    func makeClient(_ change: (inout Connection) -> Void = { _ in }, patience: Duration = .seconds(60))
        -> KubernetesClient
    {
        var connection = server.connection
        change(&connection)
        return KubernetesClient(connection, userAgent: "tests/1", time: time.source, patience: patience)
    }

    /// The error of a call; nil where it fares well.
    func failure<Value>(_ body: (KubernetesClient) throws(KubernetesError) -> Value) -> KubernetesError? {
        failure(of: client, body)
    }

    func failure<Value>(
        of client: KubernetesClient, _ body: (KubernetesClient) throws(KubernetesError) -> Value
    ) -> KubernetesError? {
        do throws(KubernetesError) {
            _ = try body(client)
            return nil
        } catch {
            return error
        }
    }
}

func tlsSecret(_ name: String = "imageswap-ca", labels: [String: String]? = nil) -> Secret {
    Secret(
        metadata: ObjectMeta(name: name, namespace: namespace, labels: labels), type: "kubernetes.io/tls",
        data: ["tls.crt": Data("certificate".utf8), "tls.key": Data("key".utf8)])
}

/// A folder that is removed when its owner ends.
struct Folder: ~Copyable {
    let path = FileManager.default.temporaryDirectory.appending(path: "kubernetes-\(UUID().uuidString)").path

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    @discardableResult
    func write(_ text: String, to name: String) throws -> String {
        let file = "\(path)/\(name)"
        try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
        return file
    }
}
