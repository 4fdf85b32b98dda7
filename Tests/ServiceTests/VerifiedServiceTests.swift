// The whole chain: nginx, the responder, imageswap-verifier and registries, real ones and those that are none.

import Foundation
import Posix
import RegistryServers
import TestSupport
import Testing

@Suite(.serialized)
struct VerifiedServiceTests {
    private let sockets: SocketFolder
    private let folder: TemporaryFolder

    init() throws {
        sockets = try SocketFolder()
        folder = try TemporaryFolder()
    }

    private func verifier(_ hosts: [String], _ options: [String] = []) throws -> VerifierProgram {
        try VerifierProgram(hosts.flatMap { ["--plain-http", $0] } + options, sockets: sockets)
    }

    private func service(_ maps: String, _ environment: [String: String] = [:]) throws -> Service {
        try Service(maps: maps, environment: ["IMAGESWAP_VERIFIER_SOCKET": sockets.socket].merging(environment) { $1 })
    }

    /// A review of a Pod with one image.
    private static func review(of image: String) throws -> Data {
        let text = String(decoding: try Reviews.body("pod-create-dryrun.json"), as: UTF8.self)
        return Data(text.replacing(#""image":"nginx""#, with: #""image":"\#(image)""#).utf8)
    }

    /// What an image becomes; nil if it stays.
    private static func result(_ image: String, _ service: Service) throws -> String? {
        let reply = try service.post(review(of: image))
        #expect(reply.status == 200)
        return try reply.patch()["/spec/containers/0/image"]
    }

    /// Waits until an image becomes this: a registry that is not in time on a busy machine was asked all the same, and its
    /// answer is there soon.
    private static func settles(_ image: String, _ wanted: String?, _ service: Service) throws -> Bool {
        try eventually { try result(image, service) == wanted }
    }

    // MARK: real registries

    @Test func imagesGoToTheFirstRegistryThatHasThemAndStayWhereNoneDoes() throws {
        let (near, far) = (try RealRegistry(), try RealRegistry())
        let digest = try near.push("mirror/app:1", note: "near")
        try far.push("all/app:1", note: "far")
        let other = try far.push("all/team/tool:2", note: "tool")
        let verifier = try verifier([near.host, far.host])
        let maps = """
            default::\(near.host)/mirror|\(far.host)/all
            quay.io::\(near.host)/mirror
            [VERIFY]\(near.host)::
            [VERIFY]\(far.host)/all::pin
            """
        let service = try service(maps)
        #expect(try Self.settles("app:1", "\(near.host)/mirror/app:1", service))
        #expect(try Self.settles("team/tool:2", "\(far.host)/all/team/tool:2@\(other)", service))
        #expect(try Self.settles("app:1@\(digest)", "\(near.host)/mirror/app:1@\(digest)", service))
        // Unknown is `swap` here, so these stay only because both registries say so.
        #expect(try Self.settles("app:9", nil, service))
        #expect(try Self.settles("quay.io/team/tool:2", nil, service))
        #expect(try service.metric("imageswap_images_total", #"decision="not-mirrored""#) == 2)
        #expect(try service.metric("imageswap_verified_reviews_total", #"outcome="answered""#) >= 5)
        #expect(
            try eventually {
                try service.metricIfThere("imageswap_verifier_questions_total", #"outcome="absent""#) ?? 0 > 2
            })
        let isLogged = eventually { service.responder.output.contains(#"image="app:9 (not-mirrored"#) }
        #expect(isLogged, "\(service.responder.output)")
        withExtendedLifetime(verifier) {}
    }

    @Test func whatWasPrunedStaysAndWhatWasFilledIsSwapped() throws {
        let registry = try RealRegistry()
        let digest = try registry.push("app:1", note: "one")
        let verifier = try verifier([registry.host], ["--present-time", "0.2", "--absent-time", "0.2"])
        let maps = "default::\(registry.host)\n[VERIFY]\(registry.host)::pin\n"
        let service = try service(maps)
        #expect(try Self.settles("app:1", "\(registry.host)/app:1@\(digest)", service))
        try registry.delete("app:1")
        #expect(try Self.settles("app:1", nil, service))
        let next = try registry.push("app:1", note: "two")
        #expect(try Self.settles("app:1", "\(registry.host)/app:1@\(next)", service))
        #expect(next != digest)
        withExtendedLifetime(verifier) {}
    }

    // MARK: hostile ones

    private static let page = "<html><body>Please sign in</body></html>"
    private static let absent = StandInRegistry.Answer.status(404, ["Docker-Distribution-Api-Version: registry/2.0"])

    /// What a registry may do, and whether it is left alone then.
    private static let hostile: [(name: String, answer: StandInRegistry.Answer, opensBreaker: Bool)] = [
        ("nothing at all", .nothing, true),
        ("slow", .drip(page, milliseconds: 200), true),
        ("cut", .cut, true),
        ("500", .status(500), true),
        ("429", .status(429, ["Retry-After: 1"]), true),
        ("401", .status(401, ["WWW-Authenticate: Basic realm=\"r\""]), false),
        ("HTML", .status(200, ["Content-Type: text/html"], page), false),
    ]

    /// Each review is answered with 200, in time, and with what the setting says of images that nobody knows of.
    @Test func underLoadABadRegistryDelaysNoReviewAndChangesNoAnswer() throws {
        let behaviour = Monitor(Self.absent)
        let registry = try StandInRegistry { _ in behaviour.withLock { $0 } }
        let verifier = try verifier(
            [registry.host],
            ["--timeout", "0.5", "--absent-time", "0.1", "--breaker-failures", "2", "--breaker-time", "0.3"])
        let maps = """
            default::\(registry.host)/first|\(registry.host)/second
            [VERIFY]\(registry.host)::pin
            """
        let swaps = try service(maps, ["IMAGESWAP_VERIFY_UNKNOWN": "swap", "IMAGESWAP_LOG_LEVEL": "ERROR"])
        let keeps = try service(maps, ["IMAGESWAP_VERIFY_UNKNOWN": "keep", "IMAGESWAP_LOG_LEVEL": "ERROR"])
        let body = try Reviews.body("pod-create-by-controller.json")
        let incomplete = #"outcome="incomplete""#
        func openings() -> Int { verifier.log.components(separatedBy: "registry is left alone").count }

        for (name, answer, opensBreaker) in Self.hostile {
            // A registry that works: both of its targets are absent, which no setting changes.
            behaviour.withLock { $0 = Self.absent }
            #expect(
                try Self.settles("works-before-\(name.lowercased().replacing(" ", with: "-")):1", nil, swaps), "\(name)"
            )
            let before = openings()
            behaviour.withLock { $0 = answer }
            let asked = registry.requests.count
            var loads: [Load] = []
            for service in [swaps, keeps] {
                let right = try service.post(body)
                let wanted = service === swaps ? "\(registry.host)/first/paulbouwer/hello-kubernetes:1.5" : nil
                #expect(try right.patch()["/spec/containers/0/image"] == wanted, "\(name)")
                loads.append(try Load(on: service, seconds: 120, right: [right.body]))
            }
            Foundation.Thread.sleep(forTimeInterval: Soak.isOn ? 20 : 0.5)
            #expect(try Self.result("team/app:1", swaps) == "\(registry.host)/first/team/app:1", "\(name)")
            #expect(try Self.result("team/app:1", keeps) == nil, "\(name)")
            for (service, load) in zip([swaps, keeps], loads) {
                // However little of the machine there is for it.
                let so = try service.metric("imageswap_verified_reviews_total", incomplete)
                #expect(
                    try eventually { try service.metric("imageswap_verified_reviews_total", incomplete) > so + 20 })
                load.stop()
                let result = try load.result()
                #expect(result.requests > 0 && result.answers == ["200": result.requests], "\(name): \(result)")
                #expect(result.others == 0 && result.wrong == 0, "\(name): \(result)")
                // 300 ms is the deadline; the rest is for a machine that does something else.
                #expect(try #require(result.slowest) < 1_800_000, "\(name): \(result)")
            }
            #expect(registry.requests.count > asked, "\(name)")
            // The verifier's log is written by a thread of its own.
            let isRight = opensBreaker ? eventually { openings() > before } : openings() == before
            #expect(isRight, "\(name): \(verifier.log)")
        }
        #expect(try swaps.metric("imageswap_worker_restarts_total") == 0)
        #expect(try keeps.metric("imageswap_worker_restarts_total") == 0)
    }

    /// Answers that come after the deadline are right for those who ask next.
    @Test func underLoadALateAnswerCountsOnceItIsThere() throws {
        let registry = try StandInRegistry { _ in
            Foundation.Thread.sleep(forTimeInterval: 0.4)
            return Self.absent
        }
        let verifier = try verifier([registry.host])
        let service = try service(
            "default::\(registry.host)\n[VERIFY]\(registry.host)::\n",
            ["IMAGESWAP_VERIFY_DEADLINE": "100ms", "IMAGESWAP_LOG_LEVEL": "ERROR"])
        let body = try Reviews.body("pod-create-by-controller.json")
        let unknown = try service.post(body)
        #expect(try unknown.patch().isEmpty == false)
        // That very answer: the next one may come from a thread that is not answered in time.
        var absent = unknown
        let isAbsent = try eventually {
            absent = try service.post(body)
            return try absent.patch().isEmpty
        }
        #expect(isAbsent)
        // Another one that nobody has asked for yet. A busy machine may let a review wait for it beyond its deadline, after
        // which the responder's thread leaves the verifier alone for a while: unknown is right, too.
        let review = try folder.write(String(decoding: Self.review(of: "new:1"), as: UTF8.self), to: "review.json")
        let load = try Load(on: service, seconds: 2, right: [absent.body, unknown.body])
        let other = try Load(on: service, seconds: 2, tellsApart: true, body: review)
        for result in [try load.result(), try other.result()] {
            #expect(result.requests > 0 && result.answers == ["200": result.requests], "\(result)")
            #expect(result.others == 0 && result.wrong == 0, "\(result)")
        }
        #expect(try Self.settles("new:1", nil, service))
        #expect(try eventually { try service.post(body).body == absent.body })
        withExtendedLifetime(verifier) {}
    }

    // MARK: the verifier killed

    @Test func underLoadAVerifierThatIsKilledLeavesImagesUnknownUntilItIsBack() throws {
        let registry = try RealRegistry()
        let digest = try registry.push("app:1")
        let hosts = [registry.host]
        var verifier = try verifier(hosts)
        let service = try service(
            "default::\(registry.host)\n[VERIFY]\(registry.host)::pin\n",
            ["IMAGESWAP_VERIFY_UNKNOWN": "keep", "IMAGESWAP_LOG_LEVEL": "ERROR"])
        let swapped = "\(registry.host)/app:1@\(digest)"
        let body = try Self.review(of: "app:1")
        let review = try folder.write(String(decoding: body, as: UTF8.self), to: "review.json")
        var known = Data()
        let isKnown = try eventually {
            let reply = try service.post(body)
            known = reply.body
            return try reply.patch()["/spec/containers/0/image"] == swapped
        }
        #expect(isKnown)
        let workers = try service.workers()
        kill(verifier.daemon.process, SIGKILL)
        #expect(verifier.daemon.exitCode(within: 10) == 128 + SIGKILL)
        // Each thread of the responder knows the last answer for a second.
        var unknown = known
        #expect(
            try eventually {
                let reply = try service.post(body)
                unknown = reply.body
                return try reply.patch().isEmpty
            })
        verifier = try self.verifier(hosts)
        #expect(try Self.settles("app:1", swapped, service))

        let load = try Load(on: service, seconds: 120, right: [known, unknown], body: review)
        for _ in 0..<Soak.count(2, soak: 10) {
            let before = try service.metric("imageswap_verified_reviews_total", #"outcome="answered""#)
            #expect(
                try eventually {
                    try service.metric("imageswap_verified_reviews_total", #"outcome="answered""#) > before + 10
                })
            kill(verifier.daemon.process, SIGKILL)
            #expect(verifier.daemon.exitCode(within: 10) == 128 + SIGKILL)
            #expect(try Self.settles("app:1", nil, service))
            verifier = try self.verifier(hosts)
            #expect(try Self.settles("app:1", swapped, service))
        }
        load.stop()
        let result = try load.result()
        #expect(result.answers == ["200": result.requests], "\(result)")
        #expect(result.others == 0 && result.wrong == 0, "\(result)")
        #expect(try #require(result.slowest) < 1_800_000, "\(result)")
        #expect(try service.metric("imageswap_verified_reviews_total", #"outcome="unreachable""#) > 0)
        #expect(try service.workers() == workers)
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }
}
