internal import Posix
internal import Registry
internal import Testing
internal import VerifierProtocol

@Suite struct BreakerAndCacheTests {
    @Test func findingsCountForTheirTime() throws {
        var script = try Script()
        var isThere = true
        func answer(_ request: HTTPRequest) -> Result<HTTPAnswer, HTTPFailure> {
            isThere ? .manifest(someDigest) : .absent
        }
        #expect(try script.ask("r.example/a", answer).isPresent)
        isThere = false
        script.now = script.now + .seconds(299)
        #expect(try script.ask("r.example/a", answer).isPresent)
        script.now = script.now + .seconds(2)
        #expect(try script.ask("r.example/a", answer).answer == .absent)
        isThere = true
        script.now = script.now + .seconds(29)
        #expect(try script.ask("r.example/a", answer).answer == .absent)
        script.now = script.now + .seconds(2)
        #expect(try script.ask("r.example/a", answer).isPresent)
        #expect(script.verifier.statistics.cacheHits == 2)
    }

    @Test func cacheIsBounded() throws {
        var script = try Script { $0.cacheCapacity = 10 }
        for index in 0..<1000 { #expect(try script.ask("r.example/a\(index)") { _ in .absent }.answer == .absent) }
        #expect(script.verifier.cachedImages == 10)
        script.log = []
        #expect(try script.ask("r.example/a999") { _ in .absent }.answer == .absent)
        #expect(script.log == [])
    }

    @Test func equalQuestionsAreOne() throws {
        var script = try Script()
        let image = try RegistryImage(Array("r.example/a:1".utf8))
        #expect(script.verifier.ask(image, at: script.now) == script.verifier.ask(image, at: script.now))
        #expect(script.verifier.takeRequests().count == 1)
        #expect(script.verifier.statistics.coalesced == 1)
    }

    @Test func registryIsAskedOnlySoMuchAtATime() throws {
        var script = try Script {
            $0.parallel = 4
            $0.longestQueue = 10
        }
        var refused = 0
        for index in 0..<20 {
            let image = try RegistryImage(Array("r.example/a\(index)".utf8))
            if case .finding = script.verifier.ask(image, at: script.now) { refused += 1 }
        }
        #expect(refused == 6)
        let first = script.verifier.takeRequests()
        #expect(first.count == 4)
        for (number, _) in first { script.verifier.finish(number, .absent, at: script.now) }
        #expect(script.verifier.takeRequests().count == 4)
        // Another registry does not wait.
        _ = script.verifier.ask(try RegistryImage(Array("s.example/a".utf8)), at: script.now)
        #expect(script.verifier.takeRequests().count == 1)
    }

    @Test func waitingEndsInTime() throws {
        var script = try Script { $0.parallel = 1 }
        for index in 0..<3 {
            _ = script.verifier.ask(try RegistryImage(Array("r.example/a\(index)".utf8)), at: script.now)
        }
        script.now = script.now + .seconds(5)
        let found = script.answerAll { _ in .failure(.timedOut) }
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.finding.answer == .unknown })
        #expect(script.log.count == 1)
        #expect(script.verifier.lookupsInHand == 0)
    }

    @Test func failuresInARowOpenTheBreaker() throws {
        var script = try Script()
        for index in 0..<4 { _ = try script.ask("r.example/a\(index)") { _ in .failure(.timedOut) } }
        // One that works begins the row anew.
        _ = try script.ask("r.example/b") { _ in .absent }
        for index in 0..<5 { _ = try script.ask("r.example/c\(index)") { _ in .answer(500) } }
        script.log = []
        let finding = try script.ask("r.example/d") { _ in .absent }
        #expect(finding.answer == .unknown)
        #expect(script.log == [])
        #expect(
            script.verifier.takeEvents().contains(.breakerOpened(registry: "r.example", reason: "it answers 500")))
        // What was found before still counts, and other registries are asked.
        #expect(try script.ask("r.example/b") { _ in .answer(500) }.answer == .absent)
        #expect(try script.ask("s.example/b") { _ in .absent }.answer == .absent)
    }

    @Test func probeTriesAgainAndNobodyWaitsForIt() throws {
        var script = try Script()
        for index in 0..<5 { _ = try script.ask("r.example/a\(index)") { _ in .failure(.timedOut) } }
        script.now = script.now + .seconds(9)
        script.log = []
        _ = try script.ask("r.example/b") { _ in .absent }
        #expect(script.log == [])
        script.now = script.now + .seconds(2)
        let image = try RegistryImage(Array("r.example/b".utf8))
        guard case .finding = script.verifier.ask(image, at: script.now) else {
            Issue.record("who asks waits for the probe")
            return
        }
        guard case .finding = script.verifier.ask(image, at: script.now) else {
            Issue.record("who asks the same waits for the probe")
            return
        }
        _ = script.verifier.ask(try RegistryImage(Array("r.example/c".utf8)), at: script.now)
        #expect(script.answerAll { _ in .failure(.timedOut) }.count == 1)
        // It failed: the pause begins anew.
        script.now = script.now + .seconds(9)
        script.log = []
        _ = try script.ask("r.example/d") { _ in .absent }
        #expect(script.log == [])
        script.now = script.now + .seconds(2)
        _ = try script.ask("r.example/e") { _ in .absent }
        #expect(script.log.count == 1)
        #expect(script.verifier.takeEvents().contains(.breakerClosed(registry: "r.example")))
        #expect(try script.ask("r.example/e") { _ in .answer(500) }.answer == .absent)
        #expect(try script.ask("r.example/f") { _ in .absent }.answer == .absent)
    }

    @Test func tooManyRequestsCloseTheRegistryForAsLongAsItSays() throws {
        var script = try Script()
        _ = try script.ask("r.example/a") { _ in .answer(429, ["Retry-After": "60"]) }
        script.now = script.now + .seconds(59)
        script.log = []
        #expect(try script.ask("r.example/b") { _ in .absent }.answer == .unknown)
        #expect(script.log == [])
        script.now = script.now + .seconds(2)
        _ = try script.ask("r.example/b") { _ in .absent }
        #expect(script.log.count == 1)
    }

    /// Who can make names can make 404 and 401, but must not stop others' questions by them.
    @Test func refusalsDoNotOpenTheBreaker() throws {
        var script = try Script()
        for index in 0..<50 {
            _ = try script.ask("r.example/a\(index)") { _ in index % 2 == 0 ? .answer(403) : .absent }
        }
        #expect(try script.ask("r.example/b") { _ in .manifest(someDigest) }.isPresent)
    }

    @Test func registriesAreBounded() throws {
        var script = try Script()
        for index in 0..<1000 { #expect(try script.ask("r\(index).example/a") { _ in .absent }.answer == .absent) }
        #expect(script.verifier.registryStatistics.count == 256)
    }
}
