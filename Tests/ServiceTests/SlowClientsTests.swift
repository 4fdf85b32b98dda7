import Foundation
import TestSupport
import Testing

/// Clients that send or read slowly, or stop halfway: nginx's to end, and no thread of the responder waits for them.
struct SlowClientsTests {
    private static let shorter = [
        "client_header_timeout 180s;": "client_header_timeout 1s;",
        "client_body_timeout 10s;": "client_body_timeout 1s;",
        "send_timeout        10s;": "send_timeout 1s;",
    ]

    private static func service(_ others: [String: String] = [:]) throws -> Service {
        try Service(
            maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"],
            shorter: shorter.merging(others) { $1 })
    }

    private static func head(_ length: Int) -> String {
        "POST / HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: \(length)\r\n\r\n"
    }

    /// Whether the one busy thread is that which tells so. A thread counts as busy until a moment after its answer.
    private static func isFree(_ service: Service) throws -> Bool {
        try service.metric("imageswap_threads", #"state="busy""#) == 1
    }

    @Test(arguments: ["POST / HTTP/1.1\r\nHost: h\r\nX-", head(1_000), head(1_000_000) + "{"])
    func whoStopsHalfwayIsEnded(request: String) throws {
        let service = try Self.service()
        let peers = try (0..<20).map { _ in try FastCGIPeer(to: (service.folder / "h").path) }
        for peer in peers { peer.send(Array(request.utf8)) }
        #expect(try eventually { try Self.isFree(service) })
        for peer in peers {
            let answer = peer.answer()
            #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 408 "), "\(answer)")
        }
        func ended() -> [Substring] {
            service.nginx.output.split(separator: "\n").filter { $0.contains(#""status":"408""#) }
        }
        let isLogged = eventually { ended().count == 20 }
        #expect(isLogged, "\(service.nginx.output)")
        // The responder was not even asked.
        #expect(ended().allSatisfy { $0.contains(#""upstream_status":"","#) }, "\(ended().first ?? "")")
    }

    @Test func whoSendsSlowlyHasNoThreadUntilAllIsThere() throws {
        let service = try Self.service(["client_body_timeout 10s;": "client_body_timeout 3s;"])
        let review = Array(RealReviewsTests.review(containers: #"{"name":"c","image":"nginx"}"#).utf8)
        let peers = try (0..<20).map { _ in try FastCGIPeer(to: (service.folder / "h").path) }
        for peer in peers { peer.send(Array(Self.head(review.count).utf8)) }
        // Longer than the time limit, which is for each pause.
        let parts = 8
        for part in 0..<parts {
            for peer in peers {
                peer.send(Array(review[(review.count * part / parts)..<(review.count * (part + 1) / parts)]))
            }
            if part < parts - 1 {
                #expect(try eventually { try Self.isFree(service) })
                Thread.sleep(forTimeInterval: 0.5)
            }
        }
        for peer in peers { #expect(peer.answer().contains(#""patch":"#)) }
    }

    @Test func whoDoesNotReadIsEndedAndHasNoThreadMeanwhile() throws {
        let service = try Self.service()
        let body = RealReviewsTests.review(
            containers: (0..<3_000).map { #"{"name":"c\#($0)","image":"i\#($0)"}"# }.joined(separator: ","))
        let peers = try (0..<4).map { _ in try FastCGIPeer(to: (service.folder / "h").path) }
        for peer in peers { peer.send(Array((Self.head(body.utf8.count) + body).utf8)) }
        let isAnswered = try eventually { try service.metric("imageswap_admission_reviews_total") == 4 }
        #expect(isAnswered)
        let isFree = try eventually { try Self.isFree(service) }
        #expect(isFree)
        let isEnded = eventually { service.nginx.output.components(separatedBy: #""POST""#).count == 5 }
        #expect(isEnded, "\(service.nginx.output)")
        for peer in peers {
            // The answer's beginning, as much as fits a socket.
            let answer = peer.answer()
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && !answer.hasSuffix("}}"))
        }
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }
}
