import Foundation
import Testing

/// Many more clients than threads.
@Suite(.serialized)
struct OverloadTests {
    /// Two workers of four threads have 25 clients for each thread.
    private static let clients = 200

    @Test func moreClientsThanThreadsWaitAndAfterwardsAllIsAsBefore() throws {
        let service = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        // One that meets no crowd, for how fast this machine is just then.
        let other = try Service(maps: "default::m.example.com\n", environment: ["IMAGESWAP_LOG_LEVEL": "WARNING"])
        let before = try Load(on: service, seconds: 1).result()
        #expect(before.statuses == 0 && before.others == 0, "\(before)")

        let crowd = try Load(on: service, seconds: Soak.count(3, soak: 30), connections: Self.clients, tellsApart: true)
            .result()
        #expect(crowd.requests > Self.clients)
        #expect(crowd.others == 0, "\(crowd)")
        #expect(Set(try #require(crowd.answers).keys).isSubset(of: ["200", "503", "504"]), "\(crowd)")
        #expect(try #require(crowd.answers)["200"] ?? 0 > Self.clients, "\(crowd)")

        // Full speed at once; where the machine has something else to do just then, a little later.
        var (after, usual): ([Load.Result], [Load.Result]) = ([], [])
        let isFast = try eventually(within: 60) {
            let (one, another) = (try Load(on: service, seconds: 1).result(), try Load(on: other, seconds: 1).result())
            after.append(one)
            usual.append(another)
            return one.perSecond > another.perSecond / 2
        }
        #expect(isFast, "\(usual) of another, \(after) after")
        #expect(after.allSatisfy { $0.statuses == 0 && $0.others == 0 }, "\(after)")
        #expect(service.responder.isRunning)
        #expect(try service.metric("imageswap_worker_restarts_total") == 0)
    }
}
