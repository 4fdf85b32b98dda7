// Without the policy that holds its account pull-secrets does not start.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Kubernetes
import Logging
import Posix
import Provisioning
import Testing

@Suite struct PullSecretGuardTests {
    private static let home = PullSecretCluster.home

    private func refusal(_ cluster: PullSecretCluster, _ names: [String] = ["regcred"]) -> ProvisioningError? {
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        do {
            _ = try cluster.keeper(names)
            return nil
        } catch {
            #expect(cluster.writes == [])
            return error as? ProvisioningError
        }
    }

    @Test(arguments: [APIResource.admissionPolicies, .admissionPolicyBindings])
    func itDoesNotStartWhereThePolicyOrItsBindingIsMissing(resource: APIResource) throws {
        let cluster = try PullSecretCluster()
        cluster.server.remove(resource, "imageswap-pull-secrets")
        let error = refusal(cluster)
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains(" imageswap-pull-secrets is missing: apply ") == true, "\(error as Any)")
    }

    @Test func itDoesNotStartWhereThePolicyIsOfSomeoneElse() throws {
        let cluster = try PullSecretCluster()
        cluster.server.configure { $0.tokens[APIServerStandIn.token] = "system:serviceaccount:imageswap-system:other" }
        let error = refusal(cluster)
        #expect(error?.exitCode == 78)
        #expect(
            error?.description.hasPrefix(
                "ValidatingAdmissionPolicy imageswap-pull-secrets does not hold system:serviceaccount:imageswap-system:other"
            ) == true, "\(error as Any)")
    }

    @Test func itDoesNotStartWhereTheBindingOnlyWarns() throws {
        let cluster = try PullSecretCluster()
        cluster.server.change(.admissionPolicyBindings, "imageswap-pull-secrets") {
            $0["spec"]?["validationActions"] = ["Warn"]
        }
        #expect(refusal(cluster)?.description.contains("does not put imageswap-pull-secrets in force") == true)
    }

    @Test func itDoesNotStartWhereANameIsNotInThePolicy() throws {
        let error = refusal(try PullSecretCluster(names: ["regcred"]), ["regcred", "team"])
        #expect(error?.exitCode == 78)
        #expect(error?.description.contains("does not let team through") == true, "\(error as Any)")
    }

    /// The policy is there, and the API server does not ask it.
    @Test func itDoesNotStartWhereTheAttackIsNotRefused() throws {
        let cluster = try PullSecretCluster()
        cluster.server.configure { $0.admission = { _ in nil } }
        var options = PullSecretOptions(names: ["regcred"], home: Self.home, namespaceSelector: "a=b")
        options.interval = 60
        let time = SimulatedTime(today)
        let connection = cluster.server.connection
        #expect {
            _ = try PullSecretKeeper(
                options: options,
                connect: { KubernetesClient(connection, userAgent: "t", time: time.source, patience: $0) },
                status: Monitor(PullSecretStatus(names: [])), time: time.source, log: .init(label: "test"))
        } throws: {
            "\($0)".hasPrefix("ValidatingAdmissionPolicy imageswap-pull-secrets is not in force: ")
        }
        #expect(cluster.server.all(.secrets).isEmpty)
    }

    /// The attack itself: nothing of it is stored, and the policy refuses it.
    @Test func theAttackIsTriedWithoutBeingStored() throws {
        let cluster = try PullSecretCluster()
        _ = try cluster.keeper()
        let tried = cluster.server.log.filter { $0.method == "POST" && $0.path.hasSuffix("/secrets") }
        #expect(tried.map(\.query) == [["dryRun": "All"]])
        #expect(tried.map(\.status) == [422])
        #expect(cluster.server.all(.secrets).isEmpty)
    }
}
