// Copies of pull secrets in a cluster where namespaces, Secrets, streams and the server come and go.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Kubernetes
import Logging
import Posix
import Provisioning
import Testing

@Suite struct PullSecretKeeperTests {
    private static let home = PullSecretCluster.home
    private static let marks = [PullSecretCluster.mark: PullSecretCluster.home]

    /// A keeper that runs in a thread of its own until its owner ends.
    private final class Running {
        let cluster: PullSecretCluster
        let status: Monitor<PullSecretStatus>
        let log = LogLines()
        let failure = Monitor<String?>(nil)
        private let stop = Monitor<(@Sendable () -> Void)?>(nil)
        private var thread: Posix.Thread?

        init(_ cluster: PullSecretCluster, names: [String] = ["regcred"], interval: Int64 = 3600) throws {
            self.cluster = cluster
            status = Monitor(PullSecretStatus(names: names))
            let maker = UncheckedBox(cluster)
            let (status, log, failure, stop) = (status, log, failure, stop)
            thread = try Posix.Thread(name: "keeper", stackSize: 1 << 20) {
                do {
                    let keeper = try maker.value.keeper(names, interval: interval, status: status, log: log)
                    stop.withLock { $0 = keeper.stop }
                    stop.notify()
                    try keeper.run()
                } catch {
                    failure.withLock { $0 = "\(error)" }
                    stop.notify()
                }
            }
            stop.withLock(when: { $0 != nil }, before: .now + .seconds(20)) { _ in }
        }

        deinit {
            stop.withLock { $0 }?()
            cluster.server.stop()
            thread?.join()
        }
    }

    /// The thread reads the cluster's connection only.
    private struct UncheckedBox: @unchecked Sendable {
        let value: PullSecretCluster
        init(_ value: PullSecretCluster) { self.value = value }
    }

    private func becomes(_ isSo: () -> Bool) -> Bool {
        let deadline = ContinuousClock.now + .seconds(20)
        while ContinuousClock.now < deadline {
            if isSo() { return true }
            Posix.Thread.sleep(milliseconds: 5)
        }
        return isSo()
    }

    // MARK: while it runs

    @Test func aNamespaceThatJoinsGetsACopyAndOneThatLeavesLosesIt() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies == ["a/regcred": "credentials"] })
        cluster.addNamespaces("b", "c")
        #expect(becomes { cluster.copies.keys.sorted() == ["a/regcred", "b/regcred", "c/regcred"] })
        cluster.server.putNamespace("a", labels: ["k8s.twr.io/imageswap": "disabled"])
        #expect(becomes { cluster.copies.keys.sorted() == ["b/regcred", "c/regcred"] })
        cluster.server.remove(.namespaces, "b")
        #expect(becomes { running.status.withLock { $0.wanted == 1 && $0.inPlace == 1 } })
        let status = running.status.withLock { $0 }
        #expect(status.isReady && status.created == 3 && status.deleted == 1 && status.failures == 0)
        #expect(status.sources == ["regcred": true])
    }

    @Test func aSourceThatIsChangedReachesEachCopy() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a", "b", "c")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies.count == 3 })
        for round in 1...3 {
            cluster.server.putSecret("regcred", in: Self.home, content: "round \(round)")
            #expect(becomes { Set(cluster.copies.values) == ["round \(round)"] })
        }
        #expect(running.status.withLock { $0.failures } == 0)
        #expect(cluster.writes.count { $0.hasPrefix("DELETE") } == 0)
    }

    @Test func whatSomeoneDidToACopyIsUndone() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies.count == 1 })
        cluster.server.putSecret("regcred", in: "a", content: "mine", labels: Self.marks)
        #expect(becomes { cluster.copies == ["a/regcred": "credentials"] })
        cluster.server.remove(.secrets, "regcred", namespace: "a")
        #expect(becomes { cluster.copies == ["a/regcred": "credentials"] })
        // Of another type it cannot be changed, and is made anew.
        cluster.server.putSecret("regcred", in: "a", type: "Opaque", labels: Self.marks)
        #expect(
            becomes {
                cluster.server.get(.secrets, "regcred", namespace: "a")?["type"] == "kubernetes.io/dockerconfigjson"
            })
        #expect(running.failure.withLock { $0 } == nil)
    }

    @Test func aSecretOfSomeoneElseIsLeftAloneAndTold() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.server.putSecret("regcred", in: "a", content: "mine")
        cluster.addNamespaces("a", "b")
        let before = cluster.server.get(.secrets, "regcred", namespace: "a")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies.count == 1 })
        #expect(becomes { running.status.withLock { $0.foreign == 1 && $0.inPlace == 1 && $0.wanted == 2 } })
        cluster.server.putSecret("regcred", in: Self.home, content: "new")
        #expect(becomes { cluster.copies == ["b/regcred": "new"] })
        #expect(cluster.server.get(.secrets, "regcred", namespace: "a") == before)
        #expect(
            running.log.lines == [
                "warning Secret a/regcred was not made by pull-secrets: it stays as it is; delete it to have a copy there"
            ])
        // It is taken over only once it is deleted.
        cluster.server.remove(.secrets, "regcred", namespace: "a")
        #expect(becomes { cluster.copies.count == 2 })
        #expect(becomes { running.status.withLock { $0.foreign } == 0 })
        #expect(running.status.withLock { $0.failures } == 0)
    }

    @Test func aSourceThatGoesIsToldAndTakesNothingAway() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies.count == 1 })
        cluster.server.remove(.secrets, "regcred", namespace: Self.home)
        cluster.addNamespaces("b")
        #expect(becomes { running.status.withLock { $0.wanted } == 2 })
        #expect(cluster.copies == ["a/regcred": "credentials"])
        #expect(running.status.withLock { $0.sources } == ["regcred": false])
        #expect(
            running.log.lines == [
                "error Secret imageswap-system/regcred is missing: nothing is copied; copies that are in place stay"
            ])
        cluster.server.putSecret("regcred", in: Self.home, content: "new")
        #expect(becomes { cluster.copies == ["a/regcred": "new", "b/regcred": "new"] })
        #expect(becomes { running.log.lines.last == "notice what was wrong is right again" })
    }

    @Test(arguments: [false, true])
    func streamsThatAreCutAndVersionsThatAreTooOldLoseNothing(answersExpired: Bool) throws {
        let cluster = try PullSecretCluster()
        cluster.server.configure { $0.answersExpired = answersExpired }
        cluster.server.putSecret("regcred", in: Self.home)
        let running = try Running(cluster)
        for round in 0..<6 {
            cluster.addNamespaces("team-\(round)")
            if round.isMultiple(of: 2) { cluster.server.compact() }
            cluster.server.endConnections()
            cluster.server.putSecret("regcred", in: Self.home, content: "round \(round)")
            #expect(becomes { cluster.copies.count == round + 1 && Set(cluster.copies.values) == ["round \(round)"] })
        }
        #expect(running.failure.withLock { $0 } == nil)
    }

    /// A stream that ends after any number of bytes, again and again.
    @Test func streamsThatAreCutAnywhereLoseNothing() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        let bytes = Monitor(100)
        cluster.server.faults = { request in
            request.isWatch
                ? .cut(
                    afterBytes: bytes.withLock {
                        $0 += 61; return $0
                    }) : nil
        }
        let running = try Running(cluster)
        for round in 0..<5 {
            cluster.addNamespaces("team-\(round)")
            #expect(becomes { cluster.copies.count == round + 1 })
        }
        #expect(running.failure.withLock { $0 } == nil)
    }

    @Test func aServerThatIsAwayIsWaitedForAndNothingIsTakenAway() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let running = try Running(cluster)
        #expect(becomes { cluster.copies.count == 1 })
        cluster.server.faults = { _ in .status(503) }
        cluster.server.endConnections()
        cluster.addNamespaces("b")
        #expect(becomes { running.status.withLock { $0.failures } > 0 })
        #expect(cluster.copies.count == 1)
        cluster.server.faults = { _ in nil }
        #expect(becomes { cluster.copies.count == 2 })
        #expect(becomes { running.log.lines.last == "notice what was wrong is right again" })
    }

    @Test func thePolicyIsLookedForAgain() throws {
        let cluster = try PullSecretCluster()
        cluster.server.putSecret("regcred", in: Self.home)
        cluster.addNamespaces("a")
        let running = try Running(cluster, interval: 1)
        #expect(becomes { cluster.copies.count == 1 })
        cluster.server.remove(.admissionPolicyBindings, "imageswap-pull-secrets")
        #expect(becomes { running.failure.withLock { $0 } != nil })
        #expect(
            running.failure.withLock { $0 }?
                .hasPrefix("ValidatingAdmissionPolicyBinding imageswap-pull-secrets is missing: ") == true)
        #expect(!running.status.withLock { $0.isReady })
        #expect(cluster.copies.count == 1)
    }

    // MARK: once

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

    // MARK: the policy

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
