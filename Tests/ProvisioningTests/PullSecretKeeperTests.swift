// Copies of pull secrets in a cluster where namespaces, Secrets, streams and the server come and go.

import APIServerStandIn
import ClusterSimulation
import Foundation
import Kubernetes
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
        // Secrets and namespaces are watched by streams of their own, which overtake each other.
        #expect(becomes { running.status.withLock { $0.sources } == ["regcred": false] })
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
}
