import Foundation
import TestSupport
import Testing

/// A supervisor that cannot have what it takes to start a worker.
@Suite(.serialized)
struct SupervisorStarvationTests {
    private static let quiet = ["IMAGESWAP_LOG_LEVEL": "WARNING"]
    private static let stays = "the rules in use stay"

    @Test func withoutDescriptorsItLivesOnAndStartsWorkersAndReadsRulesOnceItHasSome() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: Self.quiet)
        let body = try Reviews.body("pod-create-dryrun.json")
        func image() throws -> String? { try service.post(body).patch()["/spec/containers/0/image"] }
        let isServing = try eventually { try service.servingWorkers().count == 2 }
        #expect(isServing)
        let supervisor = service.responder.processIdentifier
        let workers = try service.workers()
        try Limits.set("--nofile=\(Limits.nextDescriptor(of: supervisor)):", of: supervisor)

        let load = try Load(on: service, seconds: 300)
        kill(workers[0], SIGKILL)
        let isTold = eventually { service.responder.output.contains("CRITICAL no worker can be started, trying on: ") }
        #expect(isTold, "\(service.responder.output)")
        // New rules cannot be read either.
        _ = try service.folder.write("default::n.example.com\n", to: "maps.conf")
        let isRead = eventually { service.responder.output.contains(Self.stays) }
        #expect(isRead)
        #expect(try image() == "m.example.com/nginx")
        #expect(try service.workers() == [workers[1]])
        load.stop()
        let result = try load.result()
        #expect(result.requests > 0 && result.statuses == 0 && result.others == 0, "\(result)")

        // Without the other one too there is nobody to answer, but somebody to start them again.
        kill(workers[1], SIGKILL)
        let isAlone = try eventually { try service.workers().isEmpty }
        #expect(isAlone)
        #expect(service.responder.isRunning && service.responder.processIdentifier == supervisor)
        try Limits.set("--nofile=1024:", of: supervisor)
        let isBack = try eventually { try service.servingWorkers().count == 2 }
        #expect(isBack, "\(service.responder.output)")
        let isNew = try eventually { try image() == "n.example.com/nginx" }
        #expect(isNew, "\(service.responder.output)")
        #expect(service.responder.output.matches(of: /the rules in use stay/).count == 1)
        // The other worker may load them a moment later than the one that answered.
        #expect(try eventually { try service.metric("imageswap_rules_last_load_success") == 1 })
        #expect(try service.metric("imageswap_worker_restarts_total", #"reason="signal""#) == 2)
        let after = try Load(on: service, seconds: 1).result()
        #expect(after.requests > 0 && after.statuses == 0 && after.others == 0, "\(after)")
    }
}
