// The source `csr` from end to end, against an API server on a simulated clock.

import APIServerStandIn
import Certificates
import ClusterSimulation
import Provisioning
import Testing

@Suite struct CSRFlowTests {
    private let cluster: SimulatedCluster

    init() throws { cluster = try SimulatedCluster(at: today) }

    private func addPod(signer: String = "kubernetes.io/kubelet-serving", name: String = "pod-1") throws -> SimulatedPod
    {
        try cluster.addPod(source: .csr(signerName: signer, podName: name))
    }

    private var requests: [JSONValue] { cluster.server.all(.certificateSigningRequests) }

    @Test func aPodAsksApprovesServesAndRegisters() throws {
        let pod = try addPod()
        let outcome = pod.look()
        #expect(outcome.problems.isEmpty, "\(outcome.problems)")
        #expect(outcome.status.registered == true)
        #expect(try cluster.isTrusted(pod, by: cluster.configured))
        #expect(requests.count == 1)
        #expect(requests.first?["metadata"]?["labels"]?["app.kubernetes.io/managed-by"] == "imageswap-init")
        #expect(try pod.served().pair?.subject.contains("system:node:") == true)
        // The CA is not ours: no Secret is asked for.
        #expect(!cluster.server.log.contains { $0.path.contains("secrets") })
    }

    @Test func aSignerThatTakesItsTimeIsWaitedFor() throws {
        cluster.server.signers = ["kubernetes.io/kubelet-serving": .signs(after: 20)]
        let outcome = try addPod().look()
        #expect(outcome.problems.isEmpty && outcome.isServed)
    }

    @Test(arguments: [
        (Signer.silent, "approved, but signer kubernetes.io/kubelet-serving issued nothing within 60 s", Int32(69)),
        (Signer.denies(reason: "Policy", message: "not here"), "Denied by signer", 78),
        (Signer.fails(reason: "SigningError", message: "no key"), "Failed by signer", 78),
    ])
    func aSignerThatDoesNotSignIsNamed(signer: Signer, text: String, exitCode: Int32) throws {
        cluster.server.signers = ["kubernetes.io/kubelet-serving": signer]
        let outcome = try addPod().look()
        let problem = try #require(outcome.problems.first)
        #expect(!outcome.isServed)
        #expect(problem.description.contains(text), "\(problem)")
        #expect(problem.exitCode == exitCode)
    }

    @Test func anUnknownSignerIsSaidWithWhatToSetInstead() throws {
        let problem = try #require(try addPod(signer: "example.com/nobody").look().problems.first)
        #expect(problem.description.contains("example.com/nobody issued nothing"))
        #expect(problem.description.contains("IMAGESWAP_TLS_SOURCE=self-signed"))
    }

    @Test func withoutTheRightToApproveSomeoneElseMay() throws {
        cluster.server.permissions = { _, resource, _ in resource != "certificatesigningrequests/approval" }
        let server = cluster.server
        cluster.server.configure { settings in
            settings.onAnswer = { request, _ in
                // An operator who looks a moment later.
                guard request.method == "GET", request.resource == .certificateSigningRequests, let name = request.name
                else { return }
                server.approve(name)
            }
        }
        let outcome = try addPod().look()
        cluster.server.configure { $0.onAnswer = { _, _ in } }
        #expect(outcome.isServed, "\(outcome.problems)")
    }

    /// A cluster may have an approver of its own, who is quicker.
    @Test func anApproverOfTheClusterMayBeFirst() throws {
        let server = cluster.server
        server.configure { settings in
            settings.onRequest = { request in
                if request.subresource == "approval", let name = request.name { server.approve(name) }
            }
        }
        let outcome = try addPod().look()
        server.configure { $0.onRequest = { _ in } }
        #expect(outcome.isServed && outcome.problems.isEmpty, "\(outcome.problems)")
    }

    @Test func nobodyWhoApprovesIsSaidWithTheCommand() throws {
        cluster.server.permissions = { _, resource, _ in resource != "certificatesigningrequests/approval" }
        let problem = try #require(try addPod().look().problems.first)
        #expect(problem.description.contains("was not approved within 60 s"))
        #expect(problem.description.contains("kubectl certificate approve pod-1-"))
    }

    @Test func aRenewalThatFailsKeepsWhatServes() throws {
        let pod = try addPod()
        pod.look()
        let served = try pod.served()
        cluster.server.signers = ["kubernetes.io/kubelet-serving": .silent]
        cluster.time.advance(by: .seconds(61 * day))
        let outcome = pod.look()
        #expect(outcome.isServed && outcome.isChanging)
        #expect(outcome.status.step == "renewal failed")
        #expect(outcome.problems.count == 1)
        #expect(try pod.served().pair == served.pair)
        cluster.server.signers = ["kubernetes.io/kubelet-serving": .signs()]
        #expect(pod.look().problems.isEmpty)
        let renewed = try #require(try pod.served().pair)
        #expect(renewed != served.pair && renewed.key == served.pair?.key)
    }

    /// #115: the cluster's CA is renewed, and the webhook configuration must have it before anyone serves by it.
    @Test(arguments: [true, false])
    func aNewCAOfTheClusterReachesTheConfiguration(keepsOld: Bool) throws {
        for number in 0..<3 { try addPodOfShortLife("pod-\(number)") }
        try cluster.run(for: day) { _, outcome in #expect(outcome.problems.isEmpty) }
        let old = cluster.configured
        try cluster.server.renewClusterAuthority(keepsOld: keepsOld)
        var problems = 0
        try cluster.run(for: 4 * day) { pod, outcome throws in
            problems += outcome.problems.count
            #expect(try cluster.isTrusted(pod, byClientsAtMost: 120), "\(outcome.status)")
        }
        #expect(problems == 0)
        #expect(cluster.configured != old)
        let new = try Certificate(firstOf: cluster.server.clusterAuthority.certificate)
        #expect(cluster.configured.contains(try CertificateBundle.Entry(new).fingerprint))
    }

    private func addPodOfShortLife(_ name: String) throws {
        try cluster.addPod(source: .csr(signerName: "kubernetes.io/kubelet-serving", podName: name)) {
            $0.certificateLifetime = day
        }
    }

    @Test func fourYearsOfRenewals() throws {
        for number in 0..<2 {
            try cluster.addPod(source: .csr(signerName: "kubernetes.io/kubelet-serving", podName: "pod-\(number)")) {
                $0.interval = 5 * day
            }
        }
        var serials: Set<String> = []
        for _ in 0..<4 {
            try cluster.run(for: year) { pod, outcome throws in
                #expect(outcome.problems.isEmpty)
                serials.insert(outcome.status.serial ?? "")
                #expect(try cluster.isTrusted(pod, byClientsAtMost: 120))
            }
            try cluster.server.renewClusterAuthority()
        }
        #expect(serials.count > 40)
    }
}
