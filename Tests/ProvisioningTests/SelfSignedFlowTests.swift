// The source `self-signed` from end to end, against an API server on a simulated clock.

import APIServerStandIn
import Certificates
import ClusterSimulation
import Posix
import Provisioning
import Testing

@Suite struct SelfSignedFlowTests {
    private let cluster: SimulatedCluster

    init() throws { cluster = try SimulatedCluster(at: today) }

    private func source(authorityLifetime: Int64 = 5 * year) -> SourceOptions {
        .selfSigned(secret: "imageswap-ca", authorityLifetime: authorityLifetime)
    }

    @Test func theFirstStartMakesACAAPairAndTheRegistration() throws {
        let pod = try cluster.addPod(source: source())
        let outcome = pod.look()
        #expect(outcome.problems.isEmpty)
        #expect(outcome.status.registered == true)
        #expect(outcome.status.names?.contains("imageswap.imageswap-system.svc") == true)
        #expect(try cluster.isTrusted(pod, by: cluster.configured))
        let secret = try #require(cluster.server.get(.secrets, "imageswap-ca"))
        #expect(secret["type"] == "kubernetes.io/tls")
        #expect(secret["data"]?["ca-bundle.crt"] != nil)
        #expect(try cluster.authority()?.record.signer.published == today)
    }

    @Test func anInitContainerLeavesTheConfigurationAlone() throws {
        let pod = try cluster.addPod(source: source()) { $0.registration = .none }
        let outcome = pod.look(filesOnly: true)
        #expect(outcome.isServed && outcome.problems.isEmpty)
        #expect(cluster.configured.isEmpty)
        #expect(!cluster.server.log.contains { $0.path.contains("mutatingwebhookconfigurations") })
    }

    @Test func aSecondLookWritesNothing() throws {
        let pod = try cluster.addPod(source: source())
        pod.look()
        pod.look()
        let count = cluster.server.log.count
        let served = try pod.served()
        #expect(pod.look().problems.isEmpty)
        let methods = Set(cluster.server.log[count...].map(\.method))
        // The apply that mends a drift changes nothing where there is none.
        #expect(methods.subtracting(["GET", "PATCH"]).isEmpty)
        #expect(try pod.served().pair == served.pair)
    }

    @Test func aDriftOfTheConfigurationIsMended() throws {
        let pod = try cluster.addPod(source: source())
        pod.look()
        let good = cluster.configured
        cluster.server.change(.webhookConfigurations, SimulatedCluster.configurationName) { $0["webhooks"] = [] }
        #expect(cluster.configured.isEmpty)
        #expect(pod.look().problems.isEmpty)
        #expect(cluster.configured == good)
    }

    @Test func aMissingConfigurationIsSaidAndThePairIsServed() throws {
        cluster.server.remove(.webhookConfigurations, SimulatedCluster.configurationName)
        cluster.server.permissions = { verb, resource, _ in
            verb != "create" || resource != "mutatingwebhookconfigurations"
        }
        let pod = try cluster.addPod(source: source())
        let outcome = pod.look()
        #expect(outcome.isServed)
        #expect(
            outcome.status.last_error?.contains("MutatingWebhookConfiguration imageswap-webhook is missing") == true,
            "\(outcome.status)")
        cluster.putEmptyConfiguration()
        #expect(pod.look().problems.isEmpty)
        #expect(try cluster.isTrusted(pod, by: cluster.configured))
    }

    @Test func whatServesGoesOnServingWhileTheAPIServerIsAway() throws {
        let pod = try cluster.addPod(source: source(), patience: .seconds(5))
        pod.look()
        let served = try pod.served()
        cluster.server.faults = { _ in .status(503) }
        cluster.time.advance(by: .seconds(70 * day))
        let outcome = pod.look()
        #expect(outcome.isServed)
        #expect(outcome.problems.first?.exitCode == 69)
        #expect(try pod.served().pair == served.pair)
        cluster.server.faults = { _ in nil }
        #expect(pod.look().problems.isEmpty)
        #expect(try pod.served().pair != served.pair)
    }

    @Test(arguments: [
        ("get", "secrets"), ("create", "secrets"), ("patch", "mutatingwebhookconfigurations"),
        ("get", "mutatingwebhookconfigurations"),
    ])
    func aRightThatLacksIsNamed(verb: String, resource: String) throws {
        cluster.server.permissions = { asked, what, _ in asked != verb || what != resource }
        let problem = try #require(try cluster.addPod(source: source()).look().problems.first)
        #expect(problem.exitCode == 77)
        #expect(problem.description.contains(verb) && problem.description.contains(resource), "\(problem)")
    }

    @Test func aCertificateIsRenewedAfterTwoThirdsOfItsLifeForTheSameKey() throws {
        let pod = try cluster.addPod(source: source())
        pod.look()
        let first = try #require(try pod.served().pair)
        cluster.time.advance(by: .seconds(59 * day))
        pod.look()
        #expect(try pod.served().pair == first)
        cluster.time.advance(by: .seconds(2 * day))
        pod.look()
        let second = try #require(try pod.served().pair)
        #expect(second != first && second.key == first.key)
        #expect(second.validity.notAfter > first.validity.notAfter)
        #expect(try cluster.isTrusted(pod, by: cluster.configured))
    }

    /// With clocks that differ by minutes, and each write refused four times of ten.
    @Test func sixteenPodsThatStartAtOnceAgreeOnOneCA() throws {
        cluster.server.faults = { request in
            request.method != "GET" && Int.random(in: 0..<10) < 4 ? .conflict : nil
        }
        for number in 0..<16 { try cluster.addPod(source: source(), clock: Int64(number - 8) * 35) }
        let pods = cluster.pods
        let outcomes = Monitor<[Keeper.Outcome]>([])
        let threads = try pods.map { pod in
            let pod = Uncontended(pod)
            return try Thread(name: "pod", stackSize: 1 << 20) {
                let outcome = pod.value.look()
                outcomes.withLock { $0.append(outcome) }
            }
        }
        for thread in threads { thread.join() }
        cluster.server.faults = { _ in nil }
        for pod in pods { #expect(pod.look().problems.isEmpty) }
        #expect(outcomes.withLock { $0.count } == 16)
        #expect(outcomes.withLock { $0.allSatisfy(\.isServed) })
        let configured = cluster.configured
        #expect(configured.entries.count == 1)
        let authority = try #require(try cluster.authority())
        #expect(configured.entries.first?.fingerprint == authority.signer.entry.fingerprint)
        for pod in pods { #expect(try cluster.isTrusted(pod, by: configured)) }
        #expect(Set(try pods.map { try $0.served().key }).count == 16)
    }

    @Test func aClockThatIsFarOffIsSaid() throws {
        let pod = try cluster.addPod(source: source(), clock: -400)
        let problem = pod.look().problems.first?.description ?? ""
        #expect(problem.contains("the clock here is") && problem.contains("behind the API server's"), "\(problem)")
    }

    @Test func aReplicaWithOldNewsDoesNotPutAnOldBundleBack() throws {
        let life = 30 * day
        let (one, other) = (
            try cluster.addPod(source: source(authorityLifetime: life)),
            try cluster.addPod(source: source(authorityLifetime: life))
        )
        one.look()
        other.look()
        cluster.time.advance(by: .seconds(21 * day))
        one.look()
        let both = cluster.configured
        #expect(both.entries.count == 2)
        // The other one reads what was before, and writes by it.
        cluster.server.faults = { $0.method == "GET" ? .stale : nil }
        other.look()
        #expect(cluster.configured == both)
    }

    /// Through all steps of a change of CA: nobody who was told up to two minutes late meets a pair that he does not know.
    @Test func aCAIsRenewedWithAnOverlap() throws {
        let life = 30 * day
        for _ in 0..<3 {
            try cluster.addPod(source: source(authorityLifetime: life)) {
                $0.certificateLifetime = day
                $0.interval = 6 * 3600
            }
        }
        var signers: Set<String> = []
        var steps: Set<String> = []
        try cluster.run(for: 24 * day) { pod, outcome throws in
            #expect(outcome.problems.isEmpty)
            #expect(try cluster.isTrusted(pod, byClientsAtMost: 120))
            signers.insert(try #require(try cluster.authority()).signer.entry.fingerprint)
            if let step = outcome.status.step { steps.insert(step) }
        }
        #expect(signers.count == 2)
        #expect(steps.isSuperset(of: ["steady", "next CA published"]))
        #expect(cluster.configured.entries.count == 1)
        #expect(try cluster.authority()?.bundle == cluster.configured)
    }

    /// Ten years of three pods that now and then are replaced by others.
    @Test func tenYearsOfRenewals() throws {
        for _ in 0..<3 { try cluster.addPod(source: source()) { $0.interval = 10 * day } }
        var pairs: Set<String> = []
        var signers: Set<String> = []
        var nextRestart = today + 100 * day
        let end = today + 10 * year
        while cluster.now < end {
            try cluster.run(for: nextRestart - cluster.now) { pod, outcome throws in
                #expect(outcome.problems.isEmpty)
                #expect(try cluster.isTrusted(pod, byClientsAtMost: 120))
                pairs.insert(outcome.status.serial ?? "")
                signers.insert(outcome.status.issuer ?? "")
            }
            nextRestart += 100 * day
            cluster.removePod(at: 0)
            let next = try cluster.addPod(source: source()) { $0.interval = 10 * day }
            next.look(filesOnly: true)
        }
        #expect(signers.count == 4)
        #expect(pairs.count > 70)
        #expect(cluster.configured.entries.count <= 2)
    }
}

/// Something that one thread at a time uses.
private struct Uncontended<Value>: @unchecked Sendable {
    let value: Value
    init(_ value: Value) { self.value = value }
}
