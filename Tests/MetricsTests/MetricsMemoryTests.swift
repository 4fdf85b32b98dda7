import Foundation
import Metrics
import Posix
import Testing

struct MetricsMemoryTests {
    private var plan = MetricsPlan(version: 1)
    private let counters: SlotCells
    private let common: CommonCells

    init() {
        counters = plan.slot(3)
        common = plan.common(2)
    }

    @Test func aCounterIsTheSumOfItsSlotsInEveryProcess() throws {
        let memory = try MetricsMemory(plan, slots: 3)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        #expect(other.slots == 3)
        counters.add(to: 1, of: memory.slot(0))
        counters.add(41, to: 1, of: other.slot(1))
        counters.add(7, to: 2, of: other.slot(2))
        common.add(5, to: 1, in: other)
        for memory in [memory, other] {
            #expect((0..<3).map { counters.sum($0, in: memory) } == [0, 42, 7])
            #expect((0..<2).map { common.value($0, in: memory) } == [0, 5])
        }
    }

    @Test func noCountIsLostBetweenThreadsAndProcesses() async throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        await withTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    let slot = (task % 2 == 0 ? memory : other).slot(task / 4)
                    for _ in 0..<10_000 { counters.add(to: task % 3, of: slot) }
                }
            }
        }
        #expect((0..<3).map { counters.sum($0, in: memory) } == [30_000, 30_000, 20_000])
    }

    @Test func aGaugeGoesUpAndDown() throws {
        let slot = try MetricsMemory(plan, slots: 1).slot(0)
        counters.add(2, to: 0, of: slot)
        counters.add(.max, to: 0, of: slot)
        #expect(counters.value(0, of: slot) == 1)
        counters.set(0, of: slot, to: 9)
        #expect(counters.value(0, of: slot) == 9)
    }

    @Test func valuesAreRaisedButNotLowered() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        #expect([5, 3, 6].map { common.raise(0, in: memory, to: $0) } == [5, 5, 6])
    }

    @Test func anotherProgramsMemoryIsRefused() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        #expect(throws: MetricsMemoryError.version(1, wanted: 2)) {
            _ = try MetricsMemory(MetricsPlan(version: 2), inheriting: memory.duplicateDescriptor())
        }
        var longer = plan
        _ = longer.slot(100)
        #expect(throws: MetricsMemoryError.layout) {
            _ = try MetricsMemory(longer, inheriting: memory.duplicateDescriptor())
        }
        // Of one size with the right one, since parts are whole cache lines.
        var moved = plan
        _ = moved.common(1)
        #expect(throws: MetricsMemoryError.layout) {
            _ = try MetricsMemory(moved, inheriting: memory.duplicateDescriptor())
        }
        #expect(
            MetricsMemoryError.version(1, wanted: 2).description
                == "the shared memory of the metrics has version 1, this program has 2: start both anew")
    }

    @Test func memoryThatIsNoneIsRefused() throws {
        let zeros = try SharedMemory(name: "test", size: 4096)
        #expect(throws: MetricsMemoryError.notMetrics) {
            _ = try MetricsMemory(plan, inheriting: zeros.descriptor.duplicate())
        }
        let small = try SharedMemory(name: "test", size: 8)
        #expect(throws: MetricsMemoryError.memory(.tooSmall(least: 64))) {
            _ = try MetricsMemory(plan, inheriting: small.descriptor.duplicate())
        }
        #expect(throws: MetricsMemoryError.memory(.notSealed)) {
            _ = try MetricsMemory(plan, inheriting: Descriptor.open("/dev/null"))
        }
    }
}
