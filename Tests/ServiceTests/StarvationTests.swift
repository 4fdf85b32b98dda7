import Foundation
import Testing

/// A machine that runs out of something.
@Suite(.serialized)
struct StarvationTests {
    private static let maps = "default::m.example.com\n"
    private static let quiet = ["IMAGESWAP_LOG_LEVEL": "WARNING"]

    @Test func withoutDescriptorsRequestsWaitAndNoAnswerIsWrong() throws {
        let service = try Service(maps: Self.maps, environment: Self.quiet)
        let isServing = try eventually { try service.servingWorkers().count == 2 }
        #expect(isServing)
        // Room for two connections where there are four threads.
        for worker in try service.workers() {
            let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(worker)/fd").count
            let limited = try Program.run("/usr/bin/prlimit", ["--pid", "\(worker)", "--nofile=\(open + 2)"])
            #expect(limited.code == 0, "\(limited.output)")
        }
        let load = try Load(on: service, seconds: 300, tellsApart: true)
        for _ in 0..<Soak.count(3, soak: 30) {
            let idle = try (0..<4).map { _ in try FastCGIPeer(to: service.socket) }
            Thread.sleep(forTimeInterval: 0.5)
            withExtendedLifetime(idle) {}
        }
        load.stop()
        let result = try load.result()
        let answers = try #require(result.answers)
        #expect(Set(answers.keys).isSubset(of: ["200", "502", "503", "504"]), "\(result)")
        #expect(answers["200"] ?? 0 > 0)
        #expect(result.others == 0, "\(result)")
        #expect(service.responder.output.contains("no connection can be taken, trying on"))
        let body = try Reviews.body("pod-create-dryrun.json")
        let isBack = try eventually {
            let reply = try service.post(body)
            return try reply.status == 200 && reply.patch()["/spec/containers/0/image"] == "m.example.com/nginx"
        }
        #expect(isBack)
        let after = try Load(on: service, seconds: 1).result()
        #expect(after.requests > 0 && after.statuses == 0 && after.others == 0, "\(after)")
    }

    @Test func aLogOnAFullDiskStopsNoAnswer() throws {
        let service = try Service(
            maps: Self.maps, environment: ["IMAGESWAP_LOG_LEVEL": "INFO"], shell: #"exec "$@" 2>/dev/full"#)
        let result = try Load(on: service, seconds: Soak.count(1, soak: 30), body: "pod-create-dryrun.json").result()
        #expect(result.requests > 0 && result.statuses == 0 && result.others == 0, "\(result)")
        let reply = try service.post(Reviews.body("pod-create-dryrun.json"))
        #expect(try reply.patch()["/spec/containers/0/image"] == "m.example.com/nginx")
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
        service.responder.send(SIGTERM)
        #expect(service.responder.exitCode() == 0)
    }
}
