import Foundation
import Testing

/// What the API server sees while the responder is away.
struct OutageTests {
    @Test func aFailureAsksTheAPIServerToTryAgain() throws {
        let service = try Service(maps: "default::m.example.com\n")
        let body = try Reviews.body("pod-create-dryrun.json")
        service.responder.end()
        let reply = try service.post(body)
        #expect(reply.status == 502)
        #expect(reply.headers["retry-after"] == "1")
        try service.restartResponder()
        let again = try service.post(body)
        #expect(again.status == 200)
        #expect(again.headers["retry-after"] == nil)
    }

    @Test func aResponderThatWasKilledStartsAgainOnTheSameSocket() throws {
        let service = try Service(maps: "")
        service.responder.send(SIGKILL)
        #expect(service.responder.exitCode() == SIGKILL)
        try service.restartResponder()
        #expect(try service.request("GET", "/healthz").status == 200)
    }

    @Test func anEndUnderLoadAndAStartCostOnlyWhatIsAskedInBetween() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        for _ in 0..<Soak.count(2, soak: 20) {
            let before = try service.metric("imageswap_admission_reviews_total")
            let load = try Load(on: service, seconds: 300, tellsApart: true)
            // More than what the load before may have left on its connections.
            #expect(try eventually { try service.metric("imageswap_admission_reviews_total") > before + 16 })
            service.responder.send(SIGTERM)
            #expect(service.responder.exitCode() == 0)
            let isDown = try eventually { try service.request("GET", "/healthz").status == 502 }
            #expect(isDown)
            try service.restartResponder()
            let after = try Load(on: service, seconds: 1).result()
            #expect(after.requests > 0 && after.statuses == 0 && after.others == 0, "\(after)")
            load.stop()
            let result = try load.result()
            let answers = try #require(result.answers)
            #expect(result.others == 0, "\(result)")
            #expect(Set(answers.keys).isSubset(of: ["200", "502", "503"]), "\(result)")
            #expect(answers["200"] ?? 0 > 0 && answers["502"] ?? 0 > 0, "\(result)")
        }
    }

    @Test func anEndWaitsForTheRequestInHandAndNoLonger() throws {
        // However long a busy machine takes to end the other worker.
        let service = try Service(
            maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"],
            shell: #"exec "$@" --request-timeout 60"#)
        _ = try service.bothWorkers()
        let spaces = String(repeating: " ", count: 5_000)
        let review = Array((RealReviewsTests.review(containers: #"{"name":"c","image":"nginx"}"#) + spaces).utf8)
        let body = FastCGIRecord.record(FastCGIRecord.standardInput, review) + FastCGIRecord.endOfInput
        let peer = try FastCGIPeer(to: service.socket)
        for record in FastCGIRecord.head("POST", "/", length: review.count) { peer.send(record) }
        var sent = 100
        peer.send(Array(body.prefix(sent)))
        /// A byte more, since a read waits for 2 s only.
        func drip() {
            peer.send([body[sent]])
            sent += 1
        }
        let isInHand = try eventually {
            drip()
            return try service.metric("imageswap_threads", #"state="busy""#) == 2
        }
        #expect(isInHand)
        service.responder.send(SIGTERM)
        // The other worker has nothing in hand, and ends.
        let isDraining = try eventually {
            drip()
            return try service.workers().count == 1
        }
        #expect(isDraining)
        peer.send(Array(body.dropFirst(sent)))
        #expect(peer.answer().contains(#""patch":"#))
        // Far from the 25 s of the time limit.
        #expect(service.responder.exitCode(within: 10) == 0)
    }
}
