import Foundation
import TestSupport
import Testing

/// IMAGESWAP_STRICT_MAPS=true: one invalid line, and the whole file does not serve.
struct StrictMapsTests {
    private static let strict = ["IMAGESWAP_STRICT_MAPS": "true"]

    @Test func anInvalidLineEndsTheStartWith78AndItsPlace() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("default::m.example.com\na::b::c\ndocker.io::d.example.com\nx::y::z\n", to: "maps")
        let (code, output) = try Program.run(
            "imageswap-responder", ["--socket", (folder / "s").path],
            environment: Self.strict.merging(["IMAGESWAP_MAPS_FILE": path]) { $1 })
        #expect(code == 78)
        #expect(output.contains("ERROR \(path):2:5: error: '::' stands twice"), "\(output)")
        #expect(output.contains("ERROR \(path):4:5: error: '::' stands twice"), "\(output)")
        #expect(
            output.contains("the map file \(path) cannot be used: 2 invalid lines, and IMAGESWAP_STRICT_MAPS is set"),
            "\(output)")
        #expect(!FileManager.default.fileExists(atPath: (folder / "s").path))
    }

    @Test func anInvalidLineAtAReloadLeavesTheRulesThatServe() throws {
        let service = try Service(maps: "default::old.example.com\n", environment: Self.strict)
        let body = try Reviews.body("pod-create-dryrun.json")
        func image() throws -> String? { try service.post(body).patch()["/spec/containers/0/image"] }
        #expect(try service.metric("imageswap_rules_last_load_success") == 1)

        _ = try service.folder.write("default::new.example.com\na::b::c\n", to: "maps.conf")
        let isRefused = try eventually { try service.metric("imageswap_rules_last_load_success") == 0 }
        #expect(isRefused)
        #expect(try image() == "old.example.com/nginx")
        #expect(try service.metric("imageswap_rules_invalid_lines") == 0)
        // The log is written by a thread of its own.
        let isLogged = eventually {
            let log = service.responder.output
            return log.contains("maps.conf:2:5: error: '::' stands twice")
                && log.contains("IMAGESWAP_STRICT_MAPS is set; the rules in use stay")
        }
        #expect(isLogged, "\(service.responder.output)")

        // A worker that starts now has the old rules too, and tells that the file is refused.
        for worker in try service.workers() { kill(worker, SIGKILL) }
        #expect(try image() == "old.example.com/nginx")
        let isTold = try eventually {
            try service.metric("imageswap_workers") == 2 && service.metric("imageswap_rules_last_load_success") == 0
        }
        #expect(isTold)

        _ = try service.folder.write("default::new.example.com\n", to: "maps.conf")
        let isTaken = try eventually { try service.metric("imageswap_rules_last_load_success") == 1 }
        #expect(isTaken)
        // A worker tells that it has loaded them just before it serves by them.
        #expect(try eventually { try image() == "new.example.com/nginx" })
    }
}
