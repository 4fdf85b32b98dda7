import Foundation
import TestSupport
import Testing

/// What is large, many or hostile, and what it costs.
struct BoundsTests {
    private static let quiet = ["IMAGESWAP_LOG_LEVEL": "WARNING"]

    @Test func afterLargeBodiesWorkersAreAsSmallAsBefore() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: Self.quiet)
        let isServing = try eventually { try service.servingWorkers().count == 2 }
        #expect(isServing)
        func size() throws -> Int { try service.workers().map { try Limits.memory("VmRSS", of: $0) }.max() ?? 0 }
        let reply = try service.post(RealReviewsTests.review(filler: RealReviewsTests.largeBody / 10))
        #expect(reply.status == 200)
        let before = try size()
        // As large as real ones become, and less; no reviews, so that also without optimisation they are answered in
        // time.
        for _ in 0..<Soak.count(4, soak: 50) {
            for count in [19_000_000, 11_000_000, 3_000_000] {
                #expect(try service.post(Data(repeating: 0x78, count: count)).status == 400)
            }
        }
        #expect(try service.post(RealReviewsTests.review(filler: RealReviewsTests.largeBody)).status == 200)
        var after = 0
        let isSmall = try eventually(within: 5) {
            after = try size()
            return after < before + (6 << 20)
        }
        #expect(isSmall, "\(before) bytes before, \(after) after")
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }

    @Test func manyHeadersAreNoMatterAndTooManyAreRefused() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: Self.quiet)
        let body = try Reviews.body("pod-create-dryrun.json")
        func post(headers: Int, length: Int) throws -> String {
            _ = try service.folder.write(
                (0..<headers).map { "X-Header-\($0): \(String(repeating: "v", count: length))\n" }.joined(),
                to: "headers")
            try body.write(to: service.folder / "body")
            let (code, output) = try service.curl([
                "-H", "@\((service.folder / "headers").path)", "-H", "Content-Type: application/json", "-H", "Expect:",
                "--data-binary", "@\((service.folder / "body").path)", "-w", " %{http_code}", service.url("/"),
            ])
            #expect(code == 0, "\(output)")
            return output
        }
        let reply = try post(headers: 300, length: 60)
        #expect(reply.contains(#""patch":"#) && reply.hasSuffix(" 200"), "\(reply)")
        // More than nginx takes (large_client_header_buffers: 32 KB).
        for (headers, length) in [(1_000, 60), (1, 10_000)] {
            let reply = try post(headers: headers, length: length)
            #expect(!reply.contains("patch") && reply.hasSuffix(" 400"), "\(reply)")
        }
    }

    @Test func manyFastCGIParametersAreNoMatter() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: Self.quiet)
        let review = Array(RealReviewsTests.review(containers: #"{"name":"c","image":"nginx"}"#).utf8)
        let peer = try FastCGIPeer(to: service.socket)
        let head = FastCGIRecord.head("POST", "/", length: review.count)
        peer.send(head[0])
        for part in 0..<100 {
            let parameters = (0..<100).flatMap { FastCGIRecord.parameter("HTTP_X_\(part)_\($0)", "value") }
            peer.send(FastCGIRecord.record(FastCGIRecord.parameters, parameters))
        }
        for record in head.dropFirst() + FastCGIRecord.input(review) { peer.send(record) }
        peer.send(FastCGIRecord.endOfInput)
        #expect(peer.answer().contains(#""patch":"#))
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }

    @Test func whatReviewsNameMakesNoLabelsButKnownOnesAndRegistries() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: Self.quiet)
        let hostile = #"a\"} 1\nimageswap_fake{x=\"\u0000\u202e"#
        let long = String(repeating: "k", count: 100_000)
        let names = [hostile, long, "create", "pod", ""]
        let images = names + names.map { "\($0)/x" } + ["\(long).io/x", "Registry.example.com/x"]
        let containers = images.map { #"{"name":"c","image":"\#($0)"}"# }.joined(separator: ",")
        let body = RealReviewsTests.review(containers: containers)
        #expect(try service.post(Data(body.utf8)).status == 200)
        for name in names {
            let body = body.replacing(#""kind":{"kind":"Pod"}"#, with: #""kind":{"kind":"\#(name)"}"#)
                .replacing(#""operation":"CREATE""#, with: #""operation":"\#(name)""#)
            #expect(try service.post(Data(body.utf8)).status == 200)
        }
        let text = try service.request("GET", "/metrics").text
        #expect(text.utf8.count < 100_000)
        #expect(!text.contains("imageswap_fake") && !text.contains("kkk") && !text.contains("\u{202e}"))
        let reviews = text.split(separator: "\n").filter { $0.hasPrefix("imageswap_admission_reviews_total{") }
        #expect(
            Set(reviews) == [
                #"imageswap_admission_reviews_total{operation="CREATE",kind="Pod",outcome="patched"} 1"#,
                #"imageswap_admission_reviews_total{operation="other",kind="other",outcome="not_applicable"} 5"#,
                #"imageswap_admission_reviews_total{operation="other",kind="other",outcome="bad_request"} 0"#,
            ])
        let registries = Set(text.matches(of: /registry="([^"]*)"/).map(\.output.1))
        #expect(registries == ["docker.io", "registry.example.com", "other"])
    }
}
