import Foundation
import Glibc
import Posix
import RegistryServers
import TestSupport
import Testing
import Verifier
import VerifierProtocol

@Suite(.serialized) struct VerifierProgramTests {
    private static let absent = StandInRegistry.Answer.status(404, ["Docker-Distribution-Api-Version: registry/2.0"])

    @Test func answersInOrderAndSeveralTimesAConnection() throws {
        let registry = try StandInRegistry { request in
            request.path.contains("/there/")
                ? .status(
                    200,
                    [
                        "Content-Type: application/vnd.oci.image.manifest.v1+json",
                        "Docker-Content-Digest: sha256:\(String(repeating: "a", count: 64))",
                    ]) : Self.absent
        }
        let program = try VerifierProgram(["--plain-http", registry.host])
        let connection = try program.connect()
        let present = VerifierAnswer.present(digest: Array("sha256:\(String(repeating: "a", count: 64))".utf8))
        #expect(
            try connection.ask([
                "\(registry.host)/there:1", "\(registry.host)/none:1", "no reference", "\(registry.host)/there:1",
            ])
                == [present, .absent, .unknown, present])
        #expect(try connection.ask([]) == [])
        // Pipelined, more at once than are taken at a time.
        for _ in 0..<100 { try connection.send(.ask([Array("\(registry.host)/none:1".utf8)], deadline: 5000)) }
        for _ in 0..<100 {
            let content = try #require(try connection.receive())
            #expect(try VerifierAnswer.reply(in: content, to: 1).answers == [.absent])
        }
        let metrics = try connection.metrics()
        #expect(
            metrics.contains("imageswap_verifier_questions_total{registry=\"\(registry.host)\",outcome=\"absent\"} 101")
        )
        #expect(
            metrics.contains("imageswap_verifier_questions_total{registry=\"\(registry.host)\",outcome=\"present\"} 2"))
        #expect(metrics.contains("imageswap_verifier_cache_hits_total 100"))
        #expect(metrics.contains("imageswap_verifier_coalesced_total 1"))
        #expect(metrics.contains("imageswap_verifier_lookup_duration_seconds_count 2"))
    }

    /// Half of the connection is closed behind the question: the answer still comes.
    @Test func clientThatSendsNoMoreIsAnswered() throws {
        let registry = try StandInRegistry { _ in
            Posix.Thread.sleep(milliseconds: 100)
            return Self.absent
        }
        let program = try VerifierProgram(["--plain-http", registry.host])
        let connection = try program.connect()
        try connection.send(.ask([Array("\(registry.host)/a:1".utf8)], deadline: 5000))
        try connection.socket.shutdown(.write)
        let content = try #require(try connection.receive())
        #expect(try VerifierAnswer.reply(in: content, to: 1).answers == [.absent])
        #expect(try connection.receive() == nil)
    }

    @Test func wrongFrameClosesItsConnectionOnly() throws {
        let program = try VerifierProgram([])
        let good = try program.connect()
        for frame: [UInt8] in [[0xff, 0xff, 0xff, 0xff], [0, 0, 0, 1, 9], [0, 0, 0, 8, 1, 7, 0, 0, 0, 0, 0, 0]] {
            let bad = try program.connect()
            try bad.socket.write(frame)
            #expect(try bad.receive() == nil)
        }
        #expect(try good.ask(["no reference"]) == [.unknown])
        #expect(eventually { program.log.contains("does not speak the protocol") })
    }

    /// Whoever asks may keep an answer for so long, and no longer than it is kept here.
    @Test func answersSayHowLongTheyLast() throws {
        let registry = try StandInRegistry { _ in Self.absent }
        let dead = try StandInRegistry { _ in .status(500) }
        let program = try VerifierProgram([
            "--plain-http", registry.host, "--plain-http", dead.host, "--absent-time", "20", "--breaker-failures", "1",
            "--breaker-time", "15",
        ])
        let connection = try program.connect()
        let (known, unknown, new) = ("\(registry.host)/a:1", "\(dead.host)/a:1", "\(registry.host)/b:1")
        #expect(try connection.reply(to: [known]).lasting == 0)
        #expect((1...20_000).contains(try connection.reply(to: [known]).lasting))
        #expect(try connection.reply(to: [unknown]).lasting == 0)
        let refused = try connection.reply(to: [unknown, known])
        #expect(refused.answers == [.unknown, .absent])
        #expect((1...15_000).contains(refused.lasting))
        // One that was looked for is known for certain with the next question.
        #expect(try connection.reply(to: [known, new]).lasting == 0)
        #expect(try connection.reply(to: [known, new]).lasting > 0)
    }

    /// A registry that is not there, or does not answer: every asker is answered at its deadline, then at once.
    @Test func deadRegistryCostsNobodyMoreThanTheDeadline() throws {
        let registry = try StandInRegistry { _ in .nothing }
        let program = try VerifierProgram([
            "--plain-http", registry.host, "--timeout", "0.5", "--breaker-failures", "3", "--breaker-time", "60",
        ])
        let slowest = Monitor(Duration.zero)
        let wrong = Monitor(0)
        let threads = try (0..<16).map { thread in
            try Posix.Thread(name: "asker", stackSize: 1 << 18) {
                do {
                    let connection = try program.connect()
                    for round in 0..<20 {
                        let start = MonotonicTime.now
                        let answers = try connection.ask(
                            (0..<5).map { "\(registry.host)/t\(thread)/r\(round)/i\($0):1" }, deadline: 300)
                        let time = MonotonicTime.now - start
                        slowest.withLock { $0 = max($0, time) }
                        if answers != Array(repeating: .unknown, count: 5) { wrong.withLock { $0 += 1 } }
                    }
                } catch {
                    wrong.withLock { $0 += 1000 }
                }
            }
        }
        for thread in threads { thread.join() }
        #expect(wrong.withLock { $0 } == 0)
        // 300 ms, and what a busy machine adds. In turn they would wait for more than 20 s.
        #expect(slowest.withLock { $0 } < .seconds(10))
        let metrics = try program.connect().metrics()
        #expect(metrics.contains("imageswap_verifier_breaker_open{registry=\"\(registry.host)\"} 1"))
        // Now it costs nothing.
        let start = MonotonicTime.now
        let connection = try program.connect()
        for round in 0..<200 {
            #expect(try connection.ask(["\(registry.host)/late\(round):1"], deadline: 10_000) == [.unknown])
        }
        // One that waited for its deadline would take as long by itself.
        #expect(MonotonicTime.now - start < .seconds(10))
        #expect(eventually { program.log.contains("registry is left alone") })
    }

    /// Cuts, errors, pages, refusals and silence in turn, under sixteen askers: no answer is lost, and none is wrong.
    @Test func faultsUnderLoadMakeNoWrongAnswer() throws {
        let count = Monitor(0)
        let registry = try StandInRegistry { request in
            // Images whose name says so are there or not; their registry fails every second time.
            let number = count.withLock { number in
                number += 1
                return number
            }
            switch number % 14 {
            case 1: return .cut
            case 3: return .status(500)
            case 5: return .status(200, ["Content-Type: text/html"], "<html>")
            case 7: return .status(401)
            case 9: return .status(404, ["Content-Type: text/html"], "<html>")
            case 11: return .bytes("HTTP/1.1 200 OK\r\nDocker-")
            case 13: return .nothing
            default:
                return request.path.contains("there")
                    ? .status(
                        200,
                        [
                            "Content-Type: application/vnd.oci.image.manifest.v1+json",
                            "Docker-Content-Digest: sha256:\(String(repeating: "a", count: 64))",
                        ]) : Self.absent
            }
        }
        let program = try VerifierProgram([
            "--plain-http", registry.host, "--timeout", "0.3", "--breaker-failures", "1000",
        ])
        let present = VerifierAnswer.present(digest: Array("sha256:\(String(repeating: "a", count: 64))".utf8))
        let tally = Monitor([String: Int]())
        let threads = try (0..<16).map { thread in
            try Posix.Thread(name: "asker", stackSize: 1 << 18) {
                do {
                    let connection = try program.connect()
                    for round in 0..<30 {
                        let answers = try connection.ask(
                            [
                                "\(registry.host)/there\(thread)/\(round):1",
                                "\(registry.host)/gone\(thread)/\(round):1",
                            ],
                            deadline: 300)
                        let isRight =
                            (answers[0] == present || answers[0] == .unknown)
                            && (answers[1] == .absent || answers[1] == .unknown)
                        tally.withLock { tally in
                            tally[isRight ? "right" : "wrong", default: 0] += 1
                            if answers[0] == present { tally["present", default: 0] += 1 }
                            if answers[1] == .absent { tally["absent", default: 0] += 1 }
                        }
                    }
                } catch {
                    tally.withLock { $0["lost", default: 0] += 1 }
                }
            }
        }
        for thread in threads { thread.join() }
        let found = tally.withLock { $0 }
        #expect(found["right"] == 16 * 30)
        #expect(found["wrong"] == nil)
        #expect(found["lost"] == nil)
        #expect(found["present", default: 0] > 0)
        #expect(found["absent", default: 0] > 0)
    }

    @Test func terminationAnswersWhatIsInHand() throws {
        let registry = try StandInRegistry { _ in
            Posix.Thread.sleep(milliseconds: 300)
            return Self.absent
        }
        let program = try VerifierProgram(["--plain-http", registry.host])
        let connection = try program.connect()
        try connection.send(.ask([Array("\(registry.host)/a:1".utf8)], deadline: 5000))
        #expect(eventually { !registry.requests.isEmpty })
        kill(program.daemon.process, SIGTERM)
        let content = try #require(try connection.receive())
        #expect(try VerifierAnswer.reply(in: content, to: 1).answers == [.absent])
        #expect(program.daemon.exitCode(within: 10) == 0)
        #expect(try Path.identity(program.sockets.socket) == nil)
    }

    @Test func socketIsForOwnerAndGroupAndForOneVerifier() throws {
        let program = try VerifierProgram([])
        #expect(try Path.identity(program.sockets.socket)?.mode == 0o660)
        let second = try Daemon(
            VerifierProgram.path, ["--socket", program.sockets.socket], log: program.folder.path + "/second")
        #expect(second.exitCode(within: 20) == 69)
        #expect(try program.connect().ask([]) == [])
        #expect(
            try VerifierHealth.metrics(socket: program.sockets.socket).contains("imageswap_verifier_cached_images 0"))
        let health = try Daemon(
            VerifierProgram.path, ["health", "--socket", program.sockets.socket], log: program.folder.path + "/health")
        #expect(health.exitCode(within: 20) == 0)
        kill(program.daemon.process, SIGKILL)
        _ = program.daemon.exitCode(within: 10)
        let none = try Daemon(
            VerifierProgram.path, ["health", "--socket", program.sockets.socket], log: program.folder.path + "/none")
        #expect(none.exitCode(within: 20) == 69)
        // What a killed one left is taken over.
        let next = try VerifierProgram([], sockets: program.sockets)
        #expect(try next.connect().ask([]) == [])
    }

    struct Usage: CustomTestStringConvertible, Sendable {
        var arguments: [String]
        var environment: [String: String] = [:]
        var testDescription: String { "\(arguments) \(environment)" }
    }

    @Test(arguments: [
        Usage(arguments: []), Usage(arguments: ["--socket", "/tmp/x", "--plain-http", "a/b"]),
        Usage(arguments: ["--socket", "/tmp/x", "--token-realm", "a"]),
        Usage(arguments: ["--socket", "/tmp/x", "--token-realm", "a=http://b"]),
        Usage(arguments: ["--socket", "/tmp/x", "--platforms", "linux"]),
        Usage(arguments: ["--socket", "/tmp/x", "--timeout", "0"]),
        Usage(arguments: ["--socket", "/tmp/x"], environment: ["IMAGESWAP_VERIFIER_PARALLEL": "0"]),
        Usage(arguments: ["--socket", "/tmp/x"], environment: ["IMAGESWAP_VERIFIER_LOG_LEVEL": "loud"]),
    ])
    func settingIsRefused(_ row: Usage) throws {
        let folder = try TemporaryFolder()
        let daemon = try Daemon(
            VerifierProgram.path, row.arguments, environment: row.environment, log: folder.path + "/log")
        #expect(daemon.exitCode(within: 20) == 64)
    }

    @Test func environmentSetsWhatTheCommandLineDoesNot() throws {
        let registry = try StandInRegistry { _ in Self.absent }
        let program = try VerifierProgram(
            ["--log-format", "json"],
            environment: [
                "IMAGESWAP_VERIFIER_PLAIN_HTTP": "127.0.0.1:1, \(registry.host)",
                "IMAGESWAP_VERIFIER_LOG_LEVEL": "debug",
                "IMAGESWAP_VERIFIER_LOG_FORMAT": "text",
            ])
        #expect(try program.connect().ask(["\(registry.host)/a:1"]) == [.absent])
        #expect(eventually { program.log.contains("image is absent") })
        #expect(try logObject(String(program.log.split(separator: "\n")[0]) + "\n")["message"] as? String == "serving")
    }

    @Test func proxyOfTheEnvironmentIsUsed() throws {
        let proxy = try StandInRegistry { request in
            request.path == "http://r.example:5000/v2/a/manifests/1" ? Self.absent : .status(500)
        }
        let registry = try StandInRegistry { _ in Self.absent }
        let program = try VerifierProgram(
            ["--plain-http", "r.example:5000", "--plain-http", registry.host],
            environment: ["http_proxy": "http://\(proxy.host)", "no_proxy": "127.0.0.1"])
        #expect(try program.connect().ask(["r.example:5000/a:1", "\(registry.host)/a:1"]) == [.absent, .absent])
        #expect(proxy.requests.count == 1)
        #expect(registry.requests.count == 1)
    }

    /// Idle connections are bounded, and do not keep others out.
    @Test func idleClientsGiveWayToNewOnes() throws {
        let program = try VerifierProgram([])
        let idle = try (0..<600).map { _ in try program.connect() }
        // In the queue until they are accepted.
        #expect(try program.connect().ask(["no reference"]) == [.unknown])
        #expect(try idle[599].ask(["no reference"]) == [.unknown])
        // The first of them are closed.
        #expect(try idle[0].receive() == nil)
    }

    /// An idle client, one with half a frame, one that reads no answer: nobody else waits for them.
    @Test func clientsDoNotWaitForEachOther() throws {
        let registry = try StandInRegistry { _ in Self.absent }
        let program = try VerifierProgram(["--plain-http", registry.host])
        let idle = try (0..<100).map { _ in try program.connect() }
        for connection in idle.prefix(50) { try connection.socket.write([0, 0, 1]) }
        let deaf = try program.connect()
        for _ in 0..<20 {
            try deaf.send(.ask(Array(repeating: Array("\(registry.host)/a:1".utf8), count: 5000), deadline: 60_000))
        }
        let start = MonotonicTime.now
        let connection = try program.connect()
        for _ in 0..<50 { #expect(try connection.ask(["\(registry.host)/a:1"]) == [.absent]) }
        #expect(MonotonicTime.now - start < .seconds(10))
        withExtendedLifetime(idle) {}
    }
}
