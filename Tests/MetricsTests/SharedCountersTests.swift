import Foundation
import Metrics
import Testing

struct SharedCountersTests {
    @Test func aCounterIsTheSumOfItsSlots() throws {
        let counters = try SharedCounters(counters: 3, slots: 2)
        counters.add(to: 1, slot: 0)
        counters.add(41, to: 1, slot: 1)
        counters.add(7, to: 2, slot: 1)
        #expect((0..<3).map { counters.sum(of: $0) } == [0, 42, 7])
    }

    @Test func noCountIsLostBetweenThreads() async throws {
        let counters = try SharedCounters(counters: 2, slots: 2)
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for _ in 0..<10_000 { counters.add(to: task % 2, slot: task / 4) }
                }
            }
        }
        #expect(counters.sum(of: 0) == 40_000)
        #expect(counters.sum(of: 1) == 40_000)
    }
}
