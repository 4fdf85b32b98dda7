// Lists, page by page, and watches, line by line.

import APIServerStandIn
import Foundation
import Kubernetes
import Posix
import Testing

@Suite struct CollectionTests {
    private func put(_ count: Int, on server: APIServerStandIn) {
        for index in 0..<count { server.putSecret("regcred", in: "team-\(index)") }
    }

    private func listed(_ client: KubernetesClient) throws(KubernetesError) -> [String] {
        try client.list(.secrets(named: "regcred")) { $0.metadata.namespace }.objects.sorted()
    }

    @Test(arguments: [0, 1, 99, 100, 101, 250])
    func aListIsWholeHoweverManyPagesItTakes(count: Int) throws {
        let scene = try Scene()
        put(count, on: scene.server)
        scene.server.putSecret("other", in: "team-1")
        #expect(try listed(scene.client) == (0..<count).map { "team-\($0)" }.sorted())
        #expect(scene.server.log.count == max(1, (count + 99) / 100))
        #expect(scene.server.log.allSatisfy { $0.query["limit"] == "100" })
    }

    @Test func aListWhoseRestIsNotKeptIsBegunAgain() throws {
        let scene = try Scene()
        put(150, on: scene.server)
        let hasCompacted = Monitor(false)
        let server = scene.server
        server.configure { [server] in
            $0.onAnswer = { [weak server] _, _ in
                if !hasCompacted.withLock({
                    let old = $0; $0 = true; return old
                }) {
                    server?.compact()
                }
            }
        }
        #expect(try listed(scene.client).count == 150)
        #expect(server.log.map(\.status) == [200, 410, 200, 200])
    }

    @Test func aListWhoseRestIsNeverKeptFails() throws {
        let scene = try Scene()
        put(150, on: scene.server)
        let server = scene.server
        server.configure { [server] in $0.onAnswer = { [weak server] _, _ in server?.compact() } }
        #expect(scene.failure(listed)?.isExpired == true)
        #expect(server.log.count == 10)
    }

    @Test func selectorsChooseWhatIsListed() throws {
        let scene = try Scene()
        scene.server.putNamespace("a", labels: ["k8s.twr.io/imageswap": "enabled"])
        scene.server.putNamespace("b", labels: ["k8s.twr.io/imageswap": "disabled"])
        func names(_ selector: String?) throws -> [String] {
            try scene.client.list(.namespaces(labelSelector: selector)) { $0.metadata.name }.objects.sorted()
        }
        #expect(try names(nil) == ["a", "b", "default", "imageswap-system"])
        #expect(try names("k8s.twr.io/imageswap=enabled") == ["a"])
        #expect(
            try names("kubernetes.io/metadata.name notin (default,imageswap-system),k8s.twr.io/imageswap!=disabled")
                == ["a"])
    }

    /// What a watch tells, as `changed a/regcred`, until so many events were told.
    private func watched(
        _ client: KubernetesClient, from version: String, count: Int = .max, seconds: Int = 1
    ) -> (told: [String], failure: KubernetesError?) {
        var told: [String] = []
        do throws(KubernetesError) {
            try client.watch(.secrets(named: "regcred"), from: version, seconds: seconds) { event in
                switch event {
                case .changed(let secret): told.append("changed \(secret.metadata.namespace ?? "")")
                case .deleted(let secret): told.append("deleted \(secret.metadata.namespace ?? "")")
                case .bookmark(let version): told.append("bookmark \(version)")
                }
                return told.count < count
            }
            return (told, nil)
        } catch {
            return (told, error)
        }
    }

    private func version(_ client: KubernetesClient) throws -> String {
        try client.list(.secrets(named: "regcred")) { $0 }.resourceVersion
    }

    @Test func aWatchTellsWhatHappensInItsOrder() throws {
        let scene = try Scene()
        scene.server.putSecret("regcred", in: "a")
        let version = try version(scene.client)
        scene.server.putSecret("regcred", in: "b")
        scene.server.putSecret("other", in: "b")
        scene.server.putSecret("regcred", in: "a", content: "new")
        scene.server.remove(.secrets, "regcred", namespace: "b")
        let (told, failure) = watched(scene.client, from: version)
        #expect(told == ["changed b", "changed a", "deleted b"])
        #expect(failure == nil)
    }

    @Test func aNamespaceThatIsNotChosenAnyMoreIsToldAsDeleted() throws {
        let scene = try Scene()
        scene.server.putNamespace("a", labels: ["on": "yes"])
        let list = try scene.client.list(.namespaces(labelSelector: "on=yes")) { $0 }
        scene.server.putNamespace("a", labels: [:])
        scene.server.putNamespace("a", labels: ["on": "yes"])
        var told: [String] = []
        try scene.client.watch(.namespaces(labelSelector: "on=yes"), from: list.resourceVersion, seconds: 5) { event in
            switch event {
            case .changed(let namespace): told.append("+" + namespace.metadata.name)
            case .deleted(let namespace): told.append("-" + namespace.metadata.name)
            case .bookmark: break
            }
            return told.count < 2
        }
        #expect(told == ["-a", "+a"])
    }

    @Test func bookmarksSayHowFarItIs() throws {
        let scene = try Scene()
        let version = try version(scene.client)
        scene.server.putSecret("other", in: "a")
        let server = scene.server
        let isOver = Monitor(false)
        // Again and again: only a watch that has begun has one sent, and nobody tells when it has.
        let thread = try Posix.Thread(name: "bookmarks", stackSize: 1 << 18) { [weak server] in
            while !isOver.withLock({ $0 }) {
                server?.sendBookmarks()
                Posix.Thread.sleep(milliseconds: 10)
            }
        }
        let (told, failure) = watched(scene.client, from: version, count: 1, seconds: 10)
        isOver.withLock { $0 = true }
        thread.join()
        #expect(told == ["bookmark \(Int(version).map { $0 + 1 } ?? 0)"])
        #expect(failure == nil)
    }

    @Test(arguments: [false, true])
    func aVersionThatIsTooOldIsToldAs410(isAnswer: Bool) throws {
        let scene = try Scene()
        scene.server.configure { $0.answersExpired = isAnswer }
        let version = try version(scene.client)
        scene.server.compact()
        let (told, failure) = watched(scene.client, from: version)
        #expect(told == [])
        #expect(failure?.isExpired == true, "\(String(describing: failure))")
        #expect(failure?.exitCode == 69)
        #expect(scene.server.log.last?.status == (isAnswer ? 410 : 200))
    }

    /// However many bytes came before the cut: whole lines were told, and no half of one.
    @Test func aStreamThatIsCutTellsWholeLinesOnly() throws {
        let scene = try Scene()
        let version = try version(scene.client)
        scene.server.putSecret("regcred", in: "a")
        scene.server.putSecret("regcred", in: "b")
        var most = 0
        for count in stride(from: 90, through: 1000, by: 13) {
            scene.server.fail(first: [.cut(afterBytes: count)])
            let (told, failure) = watched(scene.client, from: version, count: 2)
            #expect(told == Array(["changed a", "changed b"].prefix(told.count)))
            #expect(told.count == 2 || failure?.isUnreachable == true, "\(count): \(told)")
            #expect(told.count >= most)
            most = told.count
        }
        #expect(most == 2)
    }

    @Test func aWatchIsNotTriedAgain() throws {
        let scene = try Scene()
        for (fault, cause) in [
            (Fault.status(503), KubernetesError.Cause.unreachable("it answers 503: apiserver is shutting down")),
            (.status(401), .unauthorized("Unauthorized")),
        ] {
            let count = scene.server.log.count
            scene.server.fail(first: [fault])
            #expect(watched(scene.client, from: "100").failure?.cause == cause)
            #expect(scene.server.log.count == count + 1)
        }
        scene.server.permissions = { verb, _, name in verb != "watch" || name != "regcred" }
        let failure = watched(scene.client, from: "100").failure
        #expect(
            failure?.description.hasSuffix("RBAC must grant the verb watch on secrets") == true, "\(failure as Any)")
        #expect(scene.time.pauses == [])
    }

    @Test(arguments: [
        "{}\n", "nonsense\n", "{\"type\":\"ADDED\"}\n", "{\"type\":\"OTHER\",\"object\":{}}\n",
        "{\"type\":\"ADDED\",\"object\":{\"kind\":\"Secret\"}}\n", "{\"type\":\"BOOKMARK\",\"object\":{}}\n",
    ])
    func whatIsNoEventIsUnreadable(line: String) throws {
        let scene = try Scene()
        scene.server.fail(first: [.status(200, body: line)])
        let (told, failure) = watched(scene.client, from: "100")
        #expect(told == [])
        guard case .unreadable = failure?.cause else {
            Issue.record("\(String(describing: failure))")
            return
        }
    }

    @Test func anErrorWithinTheStreamIsTold() throws {
        let scene = try Scene()
        let line = #"{"type":"ERROR","object":{"code":500,"message":"etcd has gone","reason":"InternalError"}}"#
        scene.server.fail(first: [.status(200, body: line + "\n")])
        #expect(watched(scene.client, from: "100").failure?.cause == .unreachable("it answers 500: etcd has gone"))
    }

    @Test func aLineWithoutAnEndIsNotKept() throws {
        let scene = try Scene()
        scene.server.fail(first: [.status(200, body: String(repeating: "x", count: 5 << 20))])
        #expect(
            watched(scene.client, from: "100").failure?.cause == .unreachable("a line is longer than 4194304 bytes"))
    }

    @Test func manyLinesAreNoLongAnswer() throws {
        let scene = try Scene()
        let event =
            #"{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"7"},"padding":"# + "\""
            + String(repeating: "y", count: 1 << 20) + "\"}}\n"
        scene.server.fail(first: [.status(200, body: String(repeating: event, count: 20))])
        let (told, failure) = watched(scene.client, from: "100")
        #expect(told.count == 20)
        #expect(failure == nil)
    }

    @Test func aPreconditionOfADeletionHolds() throws {
        let scene = try Scene()
        let metadata = scene.server.putSecret("regcred", in: "a")["metadata"]
        let (uid, version) = (metadata?["uid"]?.string, metadata?["resourceVersion"]?.string)
        scene.server.change(.secrets, "regcred", namespace: "a") { $0["data"]?["more"] = "" }
        let failure = scene.failure { client throws(KubernetesError) in
            try client.delete(secret: "regcred", namespace: "a", uid: uid, resourceVersion: version)
        }
        #expect(failure?.isConflict == true)
        let new = scene.server.get(.secrets, "regcred", namespace: "a")?["metadata"]?["resourceVersion"]?.string
        #expect(try scene.client.delete(secret: "regcred", namespace: "a", uid: uid, resourceVersion: new))
        #expect(scene.server.get(.secrets, "regcred", namespace: "a") == nil)
    }

    @Test func aReplacedContentIsAllThatIsLeft() throws {
        let scene = try Scene()
        let old = scene.server.putSecret("regcred", in: "a")
        scene.server.change(.secrets, "regcred", namespace: "a") { $0["data"]?["more"] = "" }
        let data = [".dockerconfigjson": Data("{}".utf8)]
        func replace(_ version: String) throws(KubernetesError) -> Secret {
            try scene.client.replace(secret: "regcred", namespace: "a", resourceVersion: version, data: data)
        }
        let stale = old["metadata"]?["resourceVersion"]?.string ?? ""
        #expect(scene.failure { _ throws(KubernetesError) in try replace(stale) }?.isConflict == true)
        let current = scene.server.get(.secrets, "regcred", namespace: "a")?["metadata"]?["resourceVersion"]?.string
        #expect(try replace(current ?? "").data == data)
    }
}
