import Foundation
import Testing

/// Processes that may not have the memory that they ask for (RLIMIT_AS).
@Suite(.serialized)
struct MemoryShortageTests {
    private static let maps = "default::m.example.com\n"
    /// Where there is a toolchain, which no container has, Swift looks at a process that dies for more than half a
    /// second.
    private static let environment = ["IMAGESWAP_LOG_LEVEL": "WARNING", "SWIFT_BACKTRACE": "enable=no"]
    /// Room for a worker with its threads, but for no body of 30 MB besides.
    private static let shell = #"ulimit -c 0; ulimit -S -v 61440; exec "$@""#

    @Test func aBodyThatFindsNoRoomCostsItsWorkerAndNobodyElseAnything() throws {
        let service = try Service(maps: Self.maps, environment: Self.environment, shell: Self.shell)
        let isServing = try eventually { try service.servingWorkers().count == 2 }
        #expect(isServing, "\(service.responder.output)")
        let load = try Load(on: service, seconds: 300)
        // Already its beginning is a review, whose image would be swapped.
        let large =
            Data(RealReviewsTests.review(containers: #"{"name":"c","image":"nginx"}"#).utf8)
            + Data(repeating: 0x20, count: 31_000_000)
        for _ in 0..<Soak.count(2, soak: 30) {
            let reply = try service.post(large)
            #expect([500, 502, 503, 504].contains(reply.status), "\(reply)")
            #expect(!reply.text.contains("patch"))
            #expect(reply.headers["retry-after"] == "1")
        }
        load.stop()
        let result = try load.result()
        #expect(result.requests > 0 && result.statuses == 0 && result.others == 0, "\(result)")
        #expect(service.responder.isRunning)
        #expect(try service.metric("imageswap_worker_restarts_total", #"reason="signal""#) > 0)

        for process in try [service.responder.processIdentifier] + service.workers() {
            try Limits.set("--as=unlimited", of: process)
        }
        let isBack = try eventually {
            let reply = try service.post(RealReviewsTests.review(filler: RealReviewsTests.largeBody))
            return try reply.status == 200 && reply.patch() == ["/spec/containers/0/image": "m.example.com/nginx"]
        }
        #expect(isBack)
    }

    @Test func workersThatFindNoRoomToStartAreTriedUntilTheyDoAndTheOthersServe() throws {
        let service = try Service(maps: Self.maps, environment: Self.environment, shell: Self.shell)
        let isServing = try eventually { try service.servingWorkers().count == 2 }
        #expect(isServing, "\(service.responder.output)")
        let supervisor = service.responder.processIdentifier
        let workers = try service.workers()
        let body = try Reviews.body("pod-create-dryrun.json")
        let size = try Limits.memory("VmSize", of: supervisor)
        kill(workers[0], SIGKILL)
        // At first there is no room for a process, then for its program, its libraries, its threads.
        for room in stride(from: 0, through: 4 << 20, by: 512 << 10) {
            try Limits.set("--as=\(size + room):", of: supervisor)
            for worker in try service.workers() where worker != workers[1] { kill(worker, SIGKILL) }
            Thread.sleep(forTimeInterval: 0.1)
            let reply = try service.post(body)
            #expect(try reply.patch()["/spec/containers/0/image"] == "m.example.com/nginx")
        }
        #expect(try service.workers().contains(workers[1]))
        #expect(service.responder.isRunning && service.responder.processIdentifier == supervisor)
        #expect(service.responder.output.contains("CRITICAL no worker can be started, trying on: "))

        try Limits.set("--as=unlimited", of: supervisor)
        let isBack = try eventually {
            try service.servingWorkers().count == 2 && service.metric("imageswap_workers") == 2
        }
        #expect(isBack, "\(service.responder.output)")
        let after = try Load(on: service, seconds: 1).result()
        #expect(after.requests > 0 && after.statuses == 0 && after.others == 0, "\(after)")
    }
}
