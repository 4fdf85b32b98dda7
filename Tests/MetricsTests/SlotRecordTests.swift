import Metrics
import Testing

struct SlotRecordTests {
    private var plan = MetricsPlan(version: 1)
    private let record: SlotRecord

    init() {
        record = SlotRecord(&plan, count: 8)
    }

    @Test func whatWasWrittenIsReadByOthers() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        #expect(record.read(memory.slot(1)) == nil)
        record.write(Array(1...8), in: memory.slot(1))
        #expect(record.read(other.slot(1)) == Array(1...8))
        #expect(record.read(other.slot(0)) == nil)
        record.clear(other.slot(1))
        #expect(record.read(memory.slot(1)) == nil)
    }

    @Test func whatWasNotWrittenToTheEndIsNotRead() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        record.write(Array(1...8), in: memory.slot(0))
        record.beginWriting(memory.slot(0))
        #expect(record.read(memory.slot(0)) == nil)
        record.write(Array(2...9), in: memory.slot(0))
        #expect(record.read(memory.slot(0)) == Array(2...9))
    }

    @Test func aReaderGetsAllOfOneWriting() async throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        await withTaskGroup { group in
            group.addTask {
                for value in 1...20_000 { record.write(Array(repeating: UInt64(value), count: 8), in: memory.slot(0)) }
            }
            group.addTask {
                var last: UInt64 = 0
                while last < 20_000 {
                    guard let values = record.read(other.slot(0)) else { continue }
                    #expect(Set(values).count == 1 && values[0] >= last)
                    last = values[0]
                }
            }
        }
        #expect(record.read(other.slot(0)) == Array(repeating: 20_000, count: 8))
    }
}
