import Foundation
import TestSupport
import Testing

/// The responder as a process: how it starts, refuses to start, and ends.
struct ResponderProcessTests {
    struct Refusal: Sendable {
        let environment: [String: String]
        let says: String
    }

    @Test(arguments: [
        Refusal(environment: ["IMAGESWAP_MODE": "MAP"], says: #"IMAGESWAP_MODE is "MAP": it must be MAPS or LEGACY"#),
        Refusal(
            environment: ["IMAGESWAP_LOG_LEVEL": "loud"],
            says: #"IMAGESWAP_LOG_LEVEL is "loud": it must be TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR or CRITICAL"#),
        Refusal(
            environment: ["IMAGESWAP_DISABLE_LABEL": "a b"],
            says: #"IMAGESWAP_DISABLE_LABEL is "a b": it must be a label's key, such as k8s.twr.io/imageswap"#),
        Refusal(
            environment: ["IMAGESWAP_MAPS_FILE": "/nowhere/maps"],
            says: "the map file /nowhere/maps cannot be used: it does not exist"),
        Refusal(
            environment: ["IMAGESWAP_MAPS_FILE": "/"], says: "the map file / cannot be used: Is a directory (EISDIR)"),
    ])
    func aWrongSettingEndsTheStartWith78AndOneLine(refusal: Refusal) throws {
        let folder = try TemporaryFolder()
        let (code, output) = try Program.run(
            "imageswap-responder", ["--socket", (folder / "s").path], environment: refusal.environment)
        #expect(code == 78)
        #expect(output.contains(refusal.says), "\(output)")
        #expect(output.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: (folder / "s").path))
    }

    @Test func aWrongOptionEndsWith64() throws {
        #expect(try Program.run("imageswap-responder", []).code == 64)
        #expect(try Program.run("imageswap-responder", ["--socket", "/tmp/x", "--threads", "0"]).code == 64)
    }

    @Test func aSocketThatIsServedIsNotTaken() throws {
        let service = try Service(maps: "")
        let (code, output) = try Program.run(
            "imageswap-responder", ["--socket", service.socket],
            environment: ["IMAGESWAP_MAPS_FILE": (service.folder / "maps.conf").path])
        #expect(code == 69)
        #expect(output.contains(service.socket), "\(output)")
        #expect(try service.request("GET", "/healthz").status == 200)
    }

    @Test func anEmptyMapFileServesAndWarns() throws {
        let service = try Service(maps: "# nothing yet\n")
        #expect(service.responder.output.contains("WARNING the map file has no rules: no image is swapped"))
        #expect(try service.post(Reviews.body("pod-create-dryrun.json")).patch().isEmpty)
    }

    @Test func faultyLinesAreNamedAndTheOthersServe() throws {
        let service = try Service(maps: "a::b::c\ndefault:m.example.com\n")
        let path = (service.folder / "maps.conf").path
        #expect(service.responder.output.contains("ERROR \(path):1:5: error: '::' stands twice"))
        #expect(service.responder.output.contains("WARNING \(path):2:8: warning: a single ':' separates"))
        #expect(try service.post(Reviews.body("pod-create-dryrun.json")).patch().count == 1)
    }

    @Test func legacyModeSwapsByThePrefix() throws {
        let service = try Service(
            maps: "", environment: ["IMAGESWAP_MODE": "legacy", "IMAGE_PREFIX": "old.example.com/p"])
        #expect(
            try service.post(Reviews.body("pod-create-dryrun.json")).patch()
                == ["/spec/containers/0/image": "old.example.com/p/nginx"])
    }

    @Test(arguments: [SIGTERM, SIGINT])
    func itEndsCleanlyWhenAsked(signal: Int32) throws {
        let service = try Service(maps: "")
        service.responder.send(signal)
        #expect(service.responder.exitCode() == 0)
        #expect(!FileManager.default.fileExists(atPath: service.socket))
    }

    @Test func theSocketIsForOwnerAndGroup() throws {
        let service = try Service(maps: "")
        let attributes = try FileManager.default.attributesOfItem(atPath: service.socket)
        #expect(attributes[.posixPermissions] as? Int == 0o660)
    }
}
