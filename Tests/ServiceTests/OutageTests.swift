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
}
