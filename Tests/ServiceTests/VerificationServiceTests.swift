// A verifier beside the responder, as good or as bad as may be: no review waits for long, and none is lost.

import Foundation
import TestSupport
import Testing

@Suite(.serialized)
struct VerificationServiceTests {
    private static let maps = """
        default::m.example.com/gone|m.example.com/there
        quay.io::m.example.com/gone
        [VERIFY]m.example.com::pin
        """

    private let folder: SocketFolder

    init() throws { folder = try SocketFolder() }

    private func service(_ environment: [String: String] = [:]) throws -> Service {
        let own = ["IMAGESWAP_VERIFIER_SOCKET": folder.socket, "IMAGESWAP_VERIFY_DEADLINE": "100ms"]
        return try Service(maps: Self.maps, environment: own.merging(environment) { $1 })
    }

    private static func patch(_ service: Service, image: String = "nginx") throws -> String? {
        let text = String(decoding: try Reviews.body("pod-create-dryrun.json"), as: UTF8.self)
        let reply = try service.post(Data(text.replacing(#""image":"nginx""#, with: #""image":"\#(image)""#).utf8))
        #expect(reply.status == 200)
        return try reply.patch()["/spec/containers/0/image"]
    }

    @Test func imagesGoToTheTargetThatHasThemAndOthersStay() throws {
        let verifier = try StandInVerifier(at: folder.socket)
        defer { verifier.stop() }
        let service = try service()
        let digest = String(decoding: StandInVerifier.digest, as: UTF8.self)
        // A busy machine may answer one after the deadline, and all is unknown then.
        #expect(try eventually { try Self.patch(service) == "m.example.com/there/nginx@\(digest)" })
        #expect(try eventually { try Self.patch(service, image: "quay.io/a/b:1") == nil })
        #expect(try service.metric("imageswap_images_total", #"decision="not-mirrored""#) == 1)
        #expect(try service.metric("imageswap_verified_reviews_total", #"outcome="answered""#) == 2)
        // The verifier's own metrics come with the responder's.
        #expect(try eventually { try service.metricIfThere("imageswap_verifier_x") == 1 })
        let monitoring = (service.folder / "m").path
        var status = ""
        let isAnswering = try eventually {
            status = try service.curl(["--unix-socket", monitoring, "http://m/status?format=json"]).output
            return status.contains(#""verifier_answers":true"#)
        }
        #expect(isAnswering, "\(status)")
        #expect(status.contains(#"{"outcome":"answered","count":2}"#), "\(status)")
    }

    @Test(arguments: ["swap", "keep"])
    func withoutAVerifierTheSettingDecides(unknown: String) throws {
        let service = try service(["IMAGESWAP_VERIFY_UNKNOWN": unknown])
        #expect(try Self.patch(service) == (unknown == "keep" ? nil : "m.example.com/gone/nginx"))
        #expect(try service.metric("imageswap_verified_reviews_total", #"outcome="unreachable""#) == 1)
        #expect(eventually { service.responder.output.contains("cannot be asked") })
    }

    @Test func withoutASocketItIsSaidAtTheStart() throws {
        let service = try service(["IMAGESWAP_VERIFIER_SOCKET": ""])
        #expect(try Self.patch(service) == "m.example.com/gone/nginx")
        #expect(service.responder.output.contains("maps.conf:3: IMAGESWAP_VERIFIER_SOCKET is not set"))
    }

    @Test(arguments: [
        StandInVerifier.Behaviour.silent, .closes, .says(Array("HTTP/1.1 502 Bad Gateway\r\n\r\n".utf8)),
        .slow(milliseconds: 60), .slow(milliseconds: 150),
    ])
    func underLoadAVerifierThatIsNoneCostsNoReview(behaviour: StandInVerifier.Behaviour) throws {
        let verifier = try StandInVerifier(at: folder.socket, behaviour)
        defer { verifier.stop() }
        let service = try service(["IMAGESWAP_LOG_LEVEL": "ERROR"])
        let load = try Load(on: service, seconds: Soak.count(2, soak: 20)).result()
        #expect(load.statuses == 0 && load.others == 0, "\(load)")
        #expect(load.requests > 0)
        #expect(verifier.questions > 0)
        #expect(service.responder.isRunning)
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }

    @Test func oneThatIsStartedAnewUnderLoadIsAskedAgain() throws {
        let first = try StandInVerifier(at: folder.socket)
        let service = try service(["IMAGESWAP_LOG_LEVEL": "ERROR"])
        // As long as it takes: threads that the busy machine answered late ask no questions for a while.
        let load = try Load(on: service, seconds: 300)
        #expect(eventually { first.questions > 100 })
        first.stop()
        #expect(
            eventually {
                (try? service.metric("imageswap_verified_reviews_total", #"outcome="unreachable""#)) ?? 0 > 0
            })
        let second = try StandInVerifier(at: folder.socket)
        defer { second.stop() }
        #expect(eventually { second.questions > 100 })
        if Soak.isOn { Thread.sleep(forTimeInterval: 16) }
        load.stop()
        let result = try load.result()
        #expect(result.statuses == 0 && result.others == 0, "\(result)")
        // A thread that the busy machine answered late leaves the verifier alone for two seconds.
        let isAsked = try eventually { try Self.patch(service)?.hasPrefix("m.example.com/there/nginx@") == true }
        #expect(isAsked)
    }
}
