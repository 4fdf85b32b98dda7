import Foundation
import Testing

/// What no web server sends, on the responder's socket.
@Suite(.serialized)
struct BadRecordsTests {
    /// Where there is a toolchain, which no container has, Swift looks at a process that dies for more than half a second
    /// and stops its other threads meanwhile.
    private static let environment = ["IMAGESWAP_LOG_LEVEL": "WARNING", "SWIFT_BACKTRACE": "enable=no"]

    @Test func badRecordsCostWorkersButNoClientItsAnswer() throws {
        let service = try Service(
            maps: "default::m.example.com\n", environment: Self.environment,
            shell: #"ulimit -c 0; exec "$@""#)
        let supervisor = service.responder.processIdentifier
        let load = try Load(on: service, seconds: 600)
        var records = try BadRecords(seed: 3, body: Reviews.body("pod-create-dryrun.json"))
        let large = Array(
            RealReviewsTests.review(
                containers: (0..<3000).map { #"{"name":"c\#($0)","image":"i\#($0)"}"# }.joined(separator: ",")
            ).utf8)
        /// Peers that began something and then neither send, nor read, nor close.
        var silent: [FastCGIPeer] = []
        let count = Soak.count(1500, soak: 20_000)
        for number in 0..<count {
            let peer = try FastCGIPeer(to: service.socket)
            switch number % 200 {
            case 50:
                peer.send(Array(FastCGIRecord.head("POST", "/", length: 10).joined().prefix(60)))
                silent.append(peer)
            case 150:
                for record in FastCGIRecord.head("POST", "/", length: large.count) + FastCGIRecord.input(large) {
                    peer.send(record)
                }
                peer.send(FastCGIRecord.endOfInput)
                silent.append(peer)
            default:
                peer.send(records.next())
                // The others are gone at once, whatever is being read or answered.
                if number % 2 == 0 {
                    peer.endSending()
                    _ = peer.answer()
                }
            }
            if silent.count > 4 { silent.removeFirst() }
            #expect(load.isRunning)
        }
        load.stop()
        let result = try load.result()
        #expect(result.requests > 100)
        #expect(result.statuses == 0 && result.others == 0, "\(result), \(service.responder.output.suffix(3000))")

        #expect(service.responder.isRunning && service.responder.processIdentifier == supervisor)
        // The silent peers are still there; the one busy thread is that which tells so.
        let isFree = try eventually(within: 30) {
            try service.metric("imageswap_threads", #"state="busy""#) == 1
                && service.metric("imageswap_threads") == 8 && service.metric("imageswap_workers") == 2
        }
        #expect(isFree)
        let restarts = try service.metric("imageswap_worker_restarts_total")
        #expect(restarts > 0)
        let isLogged = eventually { service.responder.output.matches(of: /ended by itself/).count == restarts }
        #expect(isLogged, "\(restarts) restarts in \(service.responder.output.suffix(3000))")
        withExtendedLifetime(silent) {}
    }
}
