// A collection kept in view, whatever happens to lists, streams and the server.

import APIServerStandIn
import Foundation
import Kubernetes
import Posix
import Testing

@Suite struct ReflectorTests {
    /// What a reflector told so far: the Secrets that are there, by namespace, and what failed.
    private struct Told: Sendable {
        var contents: [String: String] = [:]
        var lists = 0
        var failures: [KubernetesError] = []
    }

    /// A reflector that runs in a thread of its own, in real time, until its owner ends.
    private final class Running {
        let server: APIServerStandIn
        let told = Monitor(Told())
        private let isOver = Monitor(false)
        private var thread: Posix.Thread?

        init(interval: Int64 = 3600, _ prepare: (APIServerStandIn) -> Void = { _ in }) throws {
            let server = try APIServerStandIn()
            self.server = server
            prepare(server)
            let (told, isOver, connection) = (told, isOver, server.connection)
            thread = try Posix.Thread(name: "reflector", stackSize: 1 << 20) {
                let client = KubernetesClient(
                    connection, userAgent: "tests/1", time: .system, patience: .milliseconds(300))
                var reflector = Reflector(
                    client: client, .secrets(named: "regcred"), time: .system, interval: interval,
                    metadata: \.metadata
                ) { secret in
                    (
                        secret.metadata.namespace ?? "",
                        String(decoding: secret[".dockerconfigjson"] ?? [], as: UTF8.self)
                    )
                }
                reflector.run(isOver: { isOver.withLock { $0 } }) { news in
                    told.withLock { told in
                        switch news {
                        case .all(let all):
                            told.lists += 1
                            told.contents = Dictionary(uniqueKeysWithValues: all)
                        case .changed(let one): told.contents[one.0] = one.1
                        case .deleted(let one): told.contents[one.0] = nil
                        case .failed(let error): told.failures.append(error)
                        }
                    }
                    told.notify()
                }
            }
        }

        deinit {
            isOver.withLock { $0 = true }
            server.stop()
            thread?.join()
        }

        /// Whether it becomes so within 20 s.
        func becomes(_ isSo: (Told) -> Bool) -> Bool {
            told.withLock(when: isSo, before: .now + .seconds(20)) { isSo($0) }
        }

        var requests: [String] { server.log.map { $0.query["watch"] == "true" ? "watch" : "list" } }
    }

    @Test func whatIsThereAndWhatChangesIsTold() throws {
        let running = try Running { $0.putSecret("regcred", in: "a") }
        #expect(running.becomes { $0.contents == ["a": "credentials"] })
        running.server.putSecret("regcred", in: "b", content: "2")
        running.server.putSecret("regcred", in: "a", content: "3")
        #expect(running.becomes { $0.contents == ["a": "3", "b": "2"] })
        running.server.remove(.secrets, "regcred", namespace: "a")
        #expect(running.becomes { $0.contents == ["b": "2"] })
        #expect(running.told.withLock { $0.failures } == [])
        #expect(running.requests == ["list", "watch"])
    }

    @Test func aStreamThatIsCutIsTakenUpWithoutAList() throws {
        let running = try Running { $0.putSecret("regcred", in: "a") }
        for index in 0..<5 {
            #expect(running.becomes { $0.contents.count == index + 1 })
            running.server.endConnections()
            running.server.putSecret("regcred", in: "team-\(index)")
        }
        #expect(running.becomes { $0.contents.count == 6 })
        #expect(running.told.withLock { $0.lists } == 1)
        #expect(running.told.withLock { $0.failures } == [])
    }

    @Test(arguments: [false, true])
    func a410MeansListAgain(isAnswer: Bool) throws {
        let running = try Running {
            $0.configure { $0.answersExpired = isAnswer }
            $0.putSecret("regcred", in: "a")
            $0.putSecret("regcred", in: "gone")
        }
        #expect(running.becomes { $0.contents.count == 2 })
        // What happened meanwhile is known to nobody any more.
        running.server.remove(.secrets, "regcred", namespace: "gone")
        running.server.putSecret("regcred", in: "b")
        running.server.compact()
        running.server.endConnections()
        #expect(running.becomes { $0.contents.keys.sorted() == ["a", "b"] })
        running.server.putSecret("regcred", in: "c")
        #expect(running.becomes { $0.contents.count == 3 })
        #expect(running.told.withLock { $0.failures } == [])
    }

    @Test func aServerThatAlwaysSays410IsNotFlooded() throws {
        let running = try Running { $0.faults = { $0.isWatch ? .status(410) : nil } }
        #expect(running.becomes { $0.lists >= 2 })
        Posix.Thread.sleep(milliseconds: 2000)
        // Between two lists 0.125 s at the least, then twice that each time. Without, there would be hundreds.
        #expect((3...20).contains(running.requests.count), "\(running.requests)")
    }

    @Test func aWatchThatEndsAtOnceIsNotRepeatedAtOnce() throws {
        let running = try Running { $0.faults = { $0.isWatch ? .status(200, body: "\n") : nil } }
        #expect(running.becomes { $0.lists >= 1 })
        Posix.Thread.sleep(milliseconds: 2000)
        #expect((2...20).contains(running.requests.count), "\(running.requests)")
    }

    /// As a load balancer does that cuts what is silent: no failure, and no list.
    @Test func watchesThatAreCutAfterAWhileAreNoFailure() throws {
        let time = SimulatedTime(today)
        let server = try APIServerStandIn(time: time.source)
        // Each watch lasts for a minute by the clock.
        server.faults = { request in
            if request.isWatch { time.advance(by: .seconds(60)) }
            return request.isWatch ? .closed : nil
        }
        let client = KubernetesClient(server.connection, userAgent: "tests/1", time: time.source)
        var reflector = Reflector(
            client: client, .secrets(named: "regcred"), time: time.source, interval: 1800, metadata: \.metadata
        ) { $0.metadata.name }
        var (lists, failures) = (0, 0)
        reflector.run(isOver: { server.log.count >= 20 }) { news in
            switch news {
            case .all: lists += 1
            case .failed: failures += 1
            case .changed, .deleted: break
            }
        }
        #expect(lists == 1)
        #expect(failures == 0)
        #expect(time.pauses.allSatisfy { $0 <= .milliseconds(250) })
    }

    @Test func itIsListedAgainAtEachInterval() throws {
        let running = try Running(interval: 1) { $0.putSecret("regcred", in: "a") }
        #expect(running.becomes { $0.lists >= 3 })
        #expect(running.told.withLock { $0.failures } == [])
    }

    @Test func whatIsForbiddenIsToldUntilItIsGranted() throws {
        let isAllowed = Monitor(false)
        let running = try Running { server in
            server.putSecret("regcred", in: "a")
            server.permissions = { _, _, _ in isAllowed.withLock { $0 } }
        }
        #expect(running.becomes { $0.failures.contains(where: \.isForbidden) })
        isAllowed.withLock { $0 = true }
        #expect(running.becomes { $0.contents == ["a": "credentials"] })
    }

    @Test func aServerThatIsAwayIsToldAndFoundAgain() throws {
        let isAway = Monitor(false)
        let running = try Running { server in
            server.putSecret("regcred", in: "a")
            server.faults = { _ in isAway.withLock { $0 } ? .closed : nil }
        }
        #expect(running.becomes { $0.contents.count == 1 })
        isAway.withLock { $0 = true }
        running.server.endConnections()
        #expect(running.becomes { !$0.failures.isEmpty })
        running.server.putSecret("regcred", in: "b")
        isAway.withLock { $0 = false }
        #expect(running.becomes { $0.contents.count == 2 })
    }
}
