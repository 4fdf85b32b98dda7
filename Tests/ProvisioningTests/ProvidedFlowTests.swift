// The source `provided` from end to end, against an API server on a simulated clock.

import APIServerStandIn
import Certificates
import ClusterSimulation
import Foundation
import Provisioning
import TestSupport
import Testing

@Suite struct ProvidedFlowTests {
    private let cluster: SimulatedCluster
    private let mounted: TemporaryFolder

    init() throws {
        cluster = try SimulatedCluster(at: today)
        mounted = try TemporaryFolder()
    }

    /// As the kubelet does: a folder of its own for each version, and a link that is renamed.
    private func provide(_ pair: ServingPair, _ signers: [SigningPair], version: Int) throws {
        let files = FileManager.default
        let folder = (mounted / "..v\(version)").path
        try files.createDirectory(atPath: folder, withIntermediateDirectories: true)
        for (name, bytes) in [
            ("tls.crt", pair.chain), ("tls.key", pair.key), ("ca.crt", signers.flatMap(\.entry.pem)),
        ] { try Data(bytes).write(to: URL(filePath: "\(folder)/\(name)")) }
        try? files.removeItem(atPath: (mounted / "..data").path)
        try files.createSymbolicLink(atPath: (mounted / "..data").path, withDestinationPath: "..v\(version)")
    }

    private func addPod() throws -> SimulatedPod {
        try cluster.addPod(source: .provided(directory: mounted.path, names: ProvidedNames()))
    }

    @Test func whatIsMountedIsServedAndRegistered() throws {
        let signer = try signingPair()
        let pair = try servingPair(by: signer)
        try provide(pair, [signer], version: 1)
        let pod = try addPod()
        let outcome = pod.look()
        #expect(outcome.problems.isEmpty && outcome.status.registered == true)
        #expect(try pod.served().pair == pair)
        #expect(cluster.configured == CertificateBundle([signer.entry]))
        #expect(!cluster.server.log.contains { $0.path.contains("secrets") })
    }

    @Test func whatIsMountedIsNeverWrittenTo() throws {
        let signer = try signingPair()
        try provide(servingPair(by: signer), [signer], version: 1)
        let files = FileManager.default
        let before = try files.subpathsOfDirectory(atPath: mounted.path).sorted()
        try addPod().look()
        #expect(try files.subpathsOfDirectory(atPath: mounted.path).sorted() == before)
    }

    @Test func aPairThatIsNoGoodDoesNotReplaceOneThatServes() throws {
        let signer = try signingPair()
        let good = try servingPair(by: signer)
        try provide(good, [signer], version: 1)
        let pod = try addPod()
        pod.look()
        let ended = try servingPair(by: signer, life: day, at: today - 2 * day)
        try provide(ended, [signer], version: 2)
        let outcome = pod.look()
        #expect(outcome.isServed && outcome.problems.count == 1)
        #expect(outcome.status.last_error?.split(separator: "\n").count == 1)
        #expect(try pod.served().pair == good)
        let next = try servingPair(by: signer)
        try provide(next, [signer], version: 3)
        #expect(pod.look().problems.isEmpty)
        #expect(try pod.served().pair == next)
    }

    /// Someone exchanges CA and pair at once: the pair waits until clients know the CA.
    @Test func anotherCAIsServedOnlyOnceClientsKnowIt() throws {
        let (old, new) = (try signingPair("Old CA"), try signingPair("New CA"))
        let first = try servingPair(by: old)
        try provide(first, [old], version: 1)
        let pods = [try addPod(), try addPod()]
        try cluster.run(for: 3600) { _, outcome in #expect(outcome.problems.isEmpty) }
        let next = try servingPair(by: new)
        try provide(next, [new], version: 2)
        try cluster.run(for: 2 * 3600) { pod, outcome throws in
            #expect(outcome.problems.isEmpty)
            #expect(try cluster.isTrusted(pod, byClientsAtMost: 120))
        }
        for pod in pods { #expect(try pod.served().pair == next) }
    }
}
