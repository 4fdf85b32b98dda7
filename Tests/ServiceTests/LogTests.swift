import Foundation
import TestSupport
import Testing

/// What reaches the logs.
struct LogTests {
    @Test func aSwapIsOneLineWithItsReason() throws {
        let service = try Service(maps: "default::m.example.com\n")
        _ = try service.post(Reviews.body("pod-create-dryrun.json"))
        let line = try #require(service.reviewLines.first)
        #expect(line.contains(" INFO review patched uid="))
        #expect(line.contains(" operation=CREATE kind=Pod "))
        #expect(line.contains(" dry_run=true "))
        #expect(line.hasSuffix(#" /spec/containers/0/image="nginx -> m.example.com/nginx (default, line 1)""#))
    }

    @Test func hostileNamesNeitherBreakALineNorReachTheTerminal() throws {
        let service = try Service(maps: "default::m.example.com\n")
        let metadata = #""name":"a\n2026 ERROR faked\u001b[31m\u009b\u2028\u202e\" b=c""#
        let containers = #"{"name":"c","image":"nginx"},{"name":"d","image":"x\r\ny\u0000"}"#
        _ = try service.post(Data(RealReviewsTests.review(containers: containers, metadata: metadata).utf8))
        let lines = service.reviewLines
        #expect(lines.count == 1)
        let line = try #require(lines.first)
        #expect(
            line.contains(
                #"name="a\u{a}2026 ERROR faked\u{1b}[31m\u{9b}\u{2028}\u{202e}\" b=c""#), "\(line)")
        #expect(line.contains(#"/spec/containers/1/image="x\u{d}\u{a}y\u{0} (invalid-image)""#), "\(line)")
    }

    @Test func atWarningNothingIsLoggedOfARequest() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "warning"])
        _ = try service.post(Reviews.body("pod-create-dryrun.json"))
        _ = try service.post(Data("{".utf8))
        #expect(service.responder.output == "")
    }

    /// Else the listener would be descriptor 2, and log lines would go to whoever connects.
    @Test func withoutStandardErrorNothingElseTakesItsNumber() throws {
        let folder = try TemporaryFolder()
        let program = Program.built.appending(path: "imageswap-responder").path
        let responder = try Program(
            "/bin/sh", ["-c", "exec \"$0\" --socket \"$1\" <&- >&- 2>&-", program, (folder / "s").path],
            environment: ["IMAGESWAP_MAPS_FILE": try folder.write("", to: "maps")], log: folder / "log")
        let isThere = eventually { FileManager.default.fileExists(atPath: (folder / "s").path) }
        #expect(isThere)
        let target = try FileManager.default.destinationOfSymbolicLink(
            atPath: "/proc/\(responder.processIdentifier)/fd/2")
        #expect(target == "/dev/null")
        responder.send(SIGTERM)
        #expect(responder.exitCode() == 0)
    }

    @Test func theAccessLogIsJSON() throws {
        let service = try Service(maps: "")
        _ = try service.request("GET", "/healthz?a=\"b\"")
        let isLogged = eventually { service.nginx.output.contains("healthz") }
        #expect(isLogged)
        let line = try #require(service.nginx.output.split(separator: "\n").first { $0.contains("healthz") })
        let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(entry["status"] as? String == "200")
    }
}

extension Service {
    /// What the responder logged of reviews, once the line of the last request is there.
    fileprivate var reviewLines: [Substring] {
        _ = eventually { responder.output.contains(" review ") }
        return responder.output.split(separator: "\n").filter {
            !$0.contains(" serving ") && !$0.contains("rules loaded")
        }
    }
}
