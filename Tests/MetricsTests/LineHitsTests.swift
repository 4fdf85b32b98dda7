import Metrics
import Testing

struct LineHitsTests {
    private var plan = MetricsPlan(version: 1)
    private let hits: LineHits

    init() {
        hits = LineHits(&plan)
    }

    private func sums(_ memory: MetricsMemory) -> [Int: UInt64] {
        // 0 stands for the rest.
        Dictionary(uniqueKeysWithValues: hits.sums(in: memory).map { ($0.line ?? 0, $0.count) })
    }

    @Test func hitsAreSummedOverSlotsAndProcesses() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        let one = hits.load(7, in: memory.slot(0))
        let two = hits.load(7, in: other.slot(1))
        for line in [1, 5, 1024, 1025, 9999] { hits.count(line, of: one, in: memory.slot(0)) }
        for line in [5, 0, 1] { hits.count(line, of: two, in: other.slot(1)) }
        #expect(sums(memory) == [1: 2, 5: 2, 1024: 1, 0: 3])
        #expect(sums(other) == sums(memory))
    }

    @Test func nothingLoadedIsNothing() throws {
        #expect(try sums(MetricsMemory(plan, slots: 1)).isEmpty)
    }

    @Test func theNextProcessOfASlotCountsOn() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        hits.count(3, of: hits.load(7, in: memory.slot(0)), in: memory.slot(0))
        let next = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        hits.count(3, of: hits.load(7, in: next.slot(0)), in: next.slot(0))
        #expect(sums(memory) == [3: 2])
    }

    @Test func loadingTheSameFileAgainChangesNothing() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let before = hits.load(7, in: memory.slot(0))
        hits.count(3, of: before, in: memory.slot(0))
        #expect(hits.load(7, in: memory.slot(0)) == before)
        #expect(sums(memory) == [3: 1])
    }

    @Test func anotherFileBeginsAtZeroAndOldThreadsDoNotCountInIt() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let (slot, late) = (memory.slot(0), memory.slot(1))
        let old = hits.load(7, in: slot)
        let lateOld = hits.load(7, in: late)
        hits.count(3, of: old, in: slot)
        let new = hits.load(8, in: slot)
        #expect(sums(memory).isEmpty)
        hits.count(4, of: new, in: slot)
        hits.count(3, of: old, in: slot)
        hits.count(3, of: lateOld, in: late)
        #expect(sums(memory) == [4: 1])
        hits.count(4, of: hits.load(8, in: late), in: late)
        #expect(sums(memory) == [4: 2])
    }

    @Test func aFileThatComesBackBeginsAtZeroInSlotsOfTheDeadToo() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let (slot, dead) = (memory.slot(0), memory.slot(1))
        hits.count(3, of: hits.load(7, in: dead), in: dead)
        hits.count(3, of: hits.load(7, in: slot), in: slot)
        _ = hits.load(8, in: slot)
        let again = hits.load(7, in: slot)
        #expect(sums(memory).isEmpty)
        hits.count(5, of: again, in: slot)
        #expect(sums(memory) == [5: 1])
    }

    @Test func aWorkerThatNeverSawTheFileInBetweenCountsOn() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let (slot, other) = (memory.slot(0), memory.slot(1))
        let others = hits.load(7, in: other)
        _ = hits.load(8, in: slot)
        _ = hits.load(7, in: slot)
        hits.count(5, of: others, in: other)
        #expect(sums(memory) == [5: 1])
    }

    @Test func aFileTwoGenerationsOldCountsNowhere() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let slot = memory.slot(0)
        let old = hits.load(7, in: slot)
        _ = hits.load(8, in: slot)
        _ = hits.load(9, in: slot)
        hits.count(1, of: old, in: slot)
        #expect(sums(memory).isEmpty)
    }

    @Test func aDigestThatBeginsWithZerosIsOneLikeOthers() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        hits.count(1, of: hits.load(0, in: memory.slot(0)), in: memory.slot(0))
        #expect(sums(memory) == [1: 1])
    }
}
