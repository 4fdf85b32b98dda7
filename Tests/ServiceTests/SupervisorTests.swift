import Foundation
import TestSupport
import Testing

/// What the supervisor makes of workers that die, are replaced, or hang: no request is lost.
@Suite(.serialized)
struct SupervisorTests {
    private static let quiet = ["IMAGESWAP_LOG_LEVEL": "WARNING"]
    private static let maps = "default::m.example.com\n"

    @Test func killedWorkersLoseNothing() throws {
        let service = try Service(maps: Self.maps, environment: Self.quiet)
        let load = try Load(on: service, seconds: 300)
        let wanted = Soak.count(40, soak: 200)
        var kills = 0
        while kills < wanted, load.isRunning {
            Thread.sleep(forTimeInterval: 0.1)
            // Not faster than they start, which takes a loaded machine its time without optimisation.
            let workers = try service.servingWorkers()
            guard workers.count == 2, let worker = workers.randomElement() else { continue }
            kill(worker, SIGKILL)
            kills += 1
        }
        load.stop()
        let result = try load.result()
        #expect(kills == wanted)
        #expect(result.requests > 100)
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        #expect(service.responder.isRunning)
        // A review is counted just before its answer leaves: where a worker of 4 threads was killed in between, its
        // retry counts again. wrk, in turn, does not count what it had under way when it stopped, on 16 connections.
        let counted = try service.metric("imageswap_admission_reviews_total")
        #expect(counted >= result.requests)
        #expect(counted <= result.requests + 4 * kills + 16)
    }

    @Test func rollingReplacementsLoseNothingEvenWithoutRetries() throws {
        let service = try Service(maps: Self.maps, environment: ["IMAGESWAP_LOG_LEVEL": "INFO"], retries: false)
        let before = Set(try service.bothWorkers())
        let load = try Load(on: service, seconds: 300)
        // Two workers each time.
        let wanted = 2 * Soak.count(6, soak: 50)
        func replaced() throws -> Int { try service.metric("imageswap_worker_restarts_total", #"reason="replaced""#) }
        while load.isRunning, try replaced() < wanted {
            service.responder.send(SIGUSR2)
            Thread.sleep(forTimeInterval: 0.25)
        }
        load.stop()
        let result = try load.result()
        #expect(try replaced() >= wanted)
        #expect(result.requests > 100)
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        // The last replacement may still be under way.
        #expect(try eventually { try service.workers().count == 2 })
        #expect(try before.isDisjoint(with: service.workers()), "the workers are new ones")
    }

    @Test func rulesAreExchangedUnderLoadAndBrokenFilesChangeNothing() throws {
        let service = try Service(maps: Self.maps, environment: Self.quiet)
        let load = try Load(on: service, seconds: Soak.count(8, soak: 60))
        // As a ConfigMap volume does it: another file comes by a symbolic link's rename.
        let link = service.folder / "maps.conf"
        func publish(_ maps: String, _ number: Int) throws {
            _ = try service.folder.write(maps, to: "maps-\(number)")
            try FileManager.default.createSymbolicLink(
                at: service.folder / "next", withDestinationURL: service.folder / "maps-\(number)")
            let renamed = unsafe rename((service.folder / "next").path, link.path)
            #expect(renamed == 0)
        }
        let body = try Reviews.body("pod-create-dryrun.json")
        var images: Set<String?> = []
        let changes = Soak.count(3, soak: 17)
        for number in 0..<changes {
            try publish("default::m\(number).example.com\n", number * 3)
            let isSeen = try eventually {
                let image = try service.post(body).patch()["/spec/containers/0/image"]
                images.insert(image)
                return image == "m\(number).example.com/nginx"
            }
            #expect(isSeen)
            try publish("", number * 3 + 1)
            try publish("nothing that could be read\n", number * 3 + 2)
        }
        let names = ["m"] + (0..<changes).map { "m\($0)" }
        #expect(images.isSubset(of: names.map { "\($0).example.com/nginx" }))
        let result = try load.result()
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        #expect(try service.post(body).patch()["/spec/containers/0/image"] == "m\(changes - 1).example.com/nginx")
    }

    @Test func aWorkerWithAStuckThreadIsReplacedAndNothingElseIsLost() throws {
        let service = try Service(maps: Self.maps, environment: Self.quiet)
        let before = Set(try service.bothWorkers())
        let load = try Load(on: service, seconds: 6)
        // Half a header, and then a byte now and then, so that no single read times out.
        let stuck = try HalfHeader(on: service.socket)
        let isReplaced = try eventually(within: 20) {
            try? stuck.drip()
            return try !before.isSubset(of: service.workers())
        }
        #expect(isReplaced)
        #expect(service.responder.output.contains("requests take longer than"))
        let result = try load.result()
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
    }

    @Test func workersEndWithTheirSupervisor() throws {
        let service = try Service(maps: Self.maps, environment: Self.quiet)
        let workers = try service.bothWorkers()
        service.responder.send(SIGKILL)
        #expect(eventually { workers.allSatisfy { kill($0, 0) != 0 } })
    }

    @Test func aWorkerServesAloneUnderAnotherSpawner() throws {
        let folder = try TemporaryFolder()
        let maps = try folder.write(Self.maps, to: "maps.conf")
        let socket = (folder / "s").path
        let worker = try Program(
            "/usr/bin/spawn-fcgi",
            ["-n", "-s", socket, "--", Program.built.appending(path: "imageswap-responder").path, "worker"],
            environment: ["IMAGESWAP_MAPS_FILE": maps], log: folder / "log")
        let isServing = try eventually {
            try Program.run("imageswap-responder", ["health", "--socket", socket]).code == 0
        }
        #expect(isServing, "\(worker.output)")
        worker.send(SIGTERM)
        #expect(worker.exitCode() == 0)
    }

    @Test func healthTellsWhetherItAnswers() throws {
        let service = try Service(maps: Self.maps)
        let healthy = try Program.run("imageswap-responder", ["health", "--socket", service.socket])
        #expect(healthy.code == 0)
        #expect(healthy.output.hasPrefix(#"{"health":"ok""#))
        #expect(try Program.run("imageswap-responder", ["health", "--ready", "--socket", service.socket]).code == 0)
        service.responder.end()
        let dead = try Program.run("imageswap-responder", ["health", "--socket", service.socket])
        #expect(dead.code == 69)
        #expect(dead.output.contains("nobody answers /healthz"), "\(dead.output)")
    }
}
