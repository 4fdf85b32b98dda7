// Copies of pull secrets by --once: what is due, against a server whose objects change meanwhile.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Kubernetes
import Posix
import Provisioning
import Testing

@Suite struct PullSecretOnceTests {
    private static let home = PullSecretCluster.home
    private static let marks = [PullSecretCluster.mark: PullSecretCluster.home]

    @Test func onceDoesWhatIsDueAndLooksAgain() throws {
        let cluster = try PullSecretCluster(names: ["regcred", "team"])
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.server.putSecret("team", in: Self.home, content: "of the team")
        cluster.addNamespaces("a", "b")
        cluster.server.putNamespace("other")
        #expect(try cluster.keeper(["regcred", "team"]).once().problems.isEmpty)
        #expect(
            cluster.copies == [
                "a/regcred": "credentials", "a/team": "of the team", "b/regcred": "credentials",
                "b/team": "of the team",
            ])
        let made = try #require(cluster.server.get(.secrets, "team", namespace: "a"))
        #expect(made["type"] == "kubernetes.io/dockerconfigjson")
        #expect(made["metadata"]?["labels"]?["app.kubernetes.io/managed-by"] == "imageswap-init")
        let count = cluster.writes.count
        #expect(try cluster.keeper(["regcred", "team"]).once().problems.isEmpty)
        #expect(cluster.writes.count == count)
    }

    /// The policy still has the name, so that the account may take its copies away.
    @Test func copiesOfANameThatIsNotGivenAnyMoreGo() throws {
        let cluster = try PullSecretCluster(names: ["regcred", "former"])
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.server.putSecret("former", in: Self.home)
        cluster.addNamespaces("a", "b")
        _ = try cluster.keeper(["regcred", "former"]).once()
        #expect(cluster.copies.count == 4)
        #expect(try cluster.keeper(["regcred"]).once().problems.isEmpty)
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "b/regcred"])
        #expect(cluster.server.get(.secrets, "former", namespace: Self.home) != nil)
    }

    /// The ClusterRole has lost the name before the policy.
    @Test func aNameThatMayNotBeTakenAwayKeepsNoOtherBack() throws {
        let cluster = try PullSecretCluster(names: ["regcred", "former"])
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        cluster.server.permissions = { verb, _, name in !(verb == "list" && name == "former") }
        let problems = try cluster.keeper(["regcred"]).once().problems
        #expect(problems.map(\.exitCode) == [77])
        #expect(cluster.copies.keys.sorted() == ["a/regcred"])
    }

    @Test func anEmptySelectorIsThatOfAWebhookForTheWholeCluster() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.server.putNamespace("kube-system")
        cluster.server.putNamespace("off", labels: ["k8s.twr.io/imageswap": "disabled"])
        cluster.server.putNamespace("going", phase: "Terminating")
        _ = try cluster.keeper(selector: "").once()
        #expect(cluster.copies.keys.sorted() == ["default/regcred"])
    }

    @Test func aNamespaceThatIsGoingIsLeftAlone() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.server.putSecret("regcred", in: "going", content: "old", labels: Self.marks)
        cluster.server.putNamespace("going", labels: ["k8s.twr.io/imageswap": "enabled"], phase: "Terminating")
        #expect(try cluster.keeper().once().problems.isEmpty)
        #expect(cluster.writes == [])
    }

    /// It is being deleted since it was listed.
    @Test func aNamespaceThatGoesMeanwhileIsNoFailure() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a", "b")
        let keeper = try cluster.keeper()
        let server = cluster.server
        server.configure { [server] in
            $0.onAnswer = { [weak server] request, _ in
                guard request.verb == "list", request.resource == .secrets else { return }
                server?.putNamespace("a", labels: ["k8s.twr.io/imageswap": "enabled"], phase: "Terminating")
                server?.remove(.namespaces, "b")
            }
        }
        #expect(keeper.once().problems.isEmpty)
        #expect(cluster.copies == [:])
    }

    @Test func someoneElsesSecretThatTookThePlaceMeanwhileStays() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let keeper = try cluster.keeper()
        let server = cluster.server
        server.configure { [server] in
            $0.onRequest = { [weak server] request in
                if request.verb == "create", request.resource == .secrets, !request.isDryRun {
                    server?.putSecret("regcred", in: "a", content: "mine")
                }
            }
        }
        #expect(keeper.once().problems.isEmpty)
        #expect(cluster.copies == [:])
        #expect(
            server.get(.secrets, "regcred", namespace: "a")?["data"]?.data(".dockerconfigjson") == Array("mine".utf8))
    }

    /// What was seen as ours has lost its label, or its place to another, before it is changed or deleted.
    @Test(arguments: [true, false])
    func aCopyThatIsNotOursAnyMoreIsNotTouched(isDeleted: Bool) throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home, content: "new")
        if !isDeleted { cluster.addNamespaces("a") } else { cluster.server.putNamespace("a") }
        cluster.server.putSecret("regcred", in: "a", content: "old", labels: Self.marks)
        let keeper = try cluster.keeper()
        let server = cluster.server
        server.configure { [server] in
            $0.onRequest = { [weak server] request in
                if ["delete", "patch"].contains(request.verb) {
                    server?.putSecret("regcred", in: "a", content: "mine")
                }
            }
        }
        #expect(keeper.once().problems.isEmpty)
        #expect(
            server.get(.secrets, "regcred", namespace: "a")?["data"]?.data(".dockerconfigjson") == Array("mine".utf8))
        #expect(cluster.writes.count == 1)
        #expect(server.log.last { $0.method != "GET" }?.status == 409)
    }

    @Test(arguments: [Fault.conflict, .lost, .status(503), .cut(afterBytes: 60)])
    func aWriteThatFaresBadlyOnceIsDoneInTheEnd(fault: Fault) throws {
        for content in ["credentials", "old", nil] {
            let cluster = try PullSecretCluster()
            cluster.server.putSecret("regcred", in: Self.home)
            cluster.addNamespaces("a")
            // To create, to update, and to delete one elsewhere.
            if content == "old" { cluster.server.putSecret("regcred", in: "a", content: "old", labels: Self.marks) }
            if content == nil { cluster.server.putSecret("regcred", in: "b", labels: Self.marks) }
            let keeper = try cluster.keeper()
            let isFirst = Monitor(true)
            cluster.server.faults = { request in
                guard request.method != "GET" else { return nil }
                return isFirst.withLock {
                    let old = $0; $0 = false; return old
                } ? fault : nil
            }
            #expect(keeper.once().problems.isEmpty)
            #expect(cluster.copies == ["a/regcred": "credentials"], "\(fault) \(content ?? "")")
        }
    }

    @Test func oneWriteThatIsRefusedKeepsNoOtherBack() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a", "b", "c")
        let keeper = try cluster.keeper()
        cluster.server.faults = {
            $0.namespace == "b" && $0.method == "POST"
                ? .status(403, body: #"{"message":"exceeded quota: small","reason":"Forbidden"}"#) : nil
        }
        let problems = keeper.once().problems
        #expect(problems.map(\.exitCode) == [77])
        #expect(problems.first?.description.contains("exceeded quota: small") == true, "\(problems)")
        #expect(cluster.copies.keys.sorted() == ["a/regcred", "c/regcred"])
    }

    @Test(arguments: [nil, "Opaque", "kubernetes.io/dockercfg"])
    func aSourceThatIsNoneIsNamed(type: String?) throws {
        let cluster = try PullSecretCluster()
        if let type { cluster.server.putSecret("regcred", in: Self.home, type: type) }
        cluster.addNamespaces("a", "b")
        cluster.server.putSecret("regcred", in: "a", content: "old", labels: Self.marks)
        let problems = try cluster.keeper().once().problems
        #expect(problems.map(\.exitCode) == [78])
        let text = problems.first?.description ?? ""
        #expect(text.hasPrefix("Secret imageswap-system/regcred is "), "\(text)")
        #expect(text.contains(type.map { "of type \($0), not" } ?? "missing"), "\(text)")
        #expect(cluster.copies == ["a/regcred": "old"])
        #expect(cluster.writes == [])
    }
}
