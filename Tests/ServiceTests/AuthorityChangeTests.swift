// Changes of the CA under three pods, each with its own nginx, seen by clients that are told late.

import APIServerStandIn
import Certificates
import ClusterSimulation
import Foundation
import Posix
import Provisioning
import TestSupport
import Testing

@Suite struct AuthorityChangeTests {
    /// Simulated time; real pods, API server, nginx and handshakes.
    @Test func notOneHandshakeFailsThroughAHundredChangesOfTheCA() throws {
        let cluster = try SimulatedCluster(at: 1_795_564_800)
        let hour: Int64 = 3600
        var ports: [UInt16] = []
        var servers: [Program] = []
        let folders = try (0..<3).map { _ in try TemporaryFolder() }
        for folder in folders {
            // An overlap that is just longer than clients are late, and certificates that are renewed now and then between
            // two changes.
            try cluster.addPod(
                source: .selfSigned(secret: "imageswap-ca", authorityLifetime: 30 * hour),
                directory: (folder / "tls").path
            ) {
                $0.overlap = 180
                $0.interval = 5 * hour
                $0.certificateLifetime = 20 * hour
            }
            cluster.pods.last?.look(filesOnly: true)
            let (nginx, port) = try Service.startNginx(folder)
            servers.append(nginx)
            ports.append(port)
        }
        var authorities: Set<String> = []
        var handshakes = 0
        while authorities.count <= 100 {
            try cluster.run(for: hour) { _, outcome throws in
                #expect(outcome.problems.isEmpty, "\(outcome.problems)")
                authorities.insert(outcome.status.issuer ?? "")
                for bundle in cluster.bundles(atMost: 120) {
                    for port in ports {
                        let failure = TLSClient.handshake(
                            port: port, name: "imageswap.imageswap-system.svc", trusting: bundle.pem, at: cluster.now)
                        try #require(failure == nil, "after \(handshakes) handshakes: \(outcome.status)")
                        handshakes += 1
                    }
                }
            }
        }
        #expect(handshakes > 3000)
        for server in servers { #expect(server.isRunning && !server.output.contains("[emerg]")) }
        withExtendedLifetime(folders) {}
    }

    /// The test above could fail: a client that knows another CA only does not shake hands.
    @Test func aClientThatWasNotToldFails() throws {
        let cluster = try SimulatedCluster(at: 1_795_564_800)
        let folder = try TemporaryFolder()
        try cluster.addPod(
            source: .selfSigned(secret: "imageswap-ca", authorityLifetime: 86400), directory: (folder / "tls").path)
        cluster.pods.last?.look(filesOnly: true)
        let (nginx, port) = try Service.startNginx(folder)
        let right = try #require(try cluster.authority()).bundle.pem
        let other = try SigningPair(commonName: "other", validity: Validity(days: 1, from: cluster.now)).entry.pem
        let name = "imageswap.imageswap-system.svc"
        func failure(_ name: String, _ bundle: [UInt8], _ time: Int64) -> String? {
            TLSClient.handshake(port: port, name: name, trusting: bundle, at: time)
        }
        #expect(failure(name, right, cluster.now) == nil)
        #expect(failure(name, other, cluster.now) != nil)
        #expect(failure("other.svc", right, cluster.now)?.contains("mismatch") == true)
        #expect(failure(name, right, cluster.now + 2 * 86400)?.contains("expired") == true)
        #expect(nginx.isRunning)
    }
}
