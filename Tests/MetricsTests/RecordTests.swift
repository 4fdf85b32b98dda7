import Metrics
import Testing

/// Records with texts under a sequence number: rings and tables.
struct RecordTests {
    private var plan = MetricsPlan(version: 1)
    private let shape = RecordShape(numbers: 2, texts: [8, 20])
    private let ring: RecordRing
    private let cells: SlotCells
    private let table: RecordTable

    init() {
        ring = RecordRing(shape, capacity: 4)
        cells = plan.slot(ring.cellCount)
        table = RecordTable(&plan, head: RecordShape(numbers: 1), row: shape, capacity: 3)
    }

    private func add(_ number: UInt64, _ text: String = "", in range: CellRange) {
        let record = ring.begin(in: range)
        record.set(0, to: number)
        record.set(1, to: number)
        record.set(text: 0, to: "\(number)".utf8.span)
        record.set(text: 1, to: text.utf8.span)
        ring.end(in: range)
    }

    private func numbers(_ range: CellRange) -> [UInt64] { ring.records(in: range).map { $0.record.numbers[0] } }

    @Test func aRingHasTheLastOnesInTheirOrder() throws {
        let memory = try MetricsMemory(plan, slots: 2)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        let (own, others) = (cells.range(of: memory.slot(1)), cells.range(of: other.slot(1)))
        #expect(numbers(others) == [])
        for number in UInt64(1)...3 { add(number, "a", in: own) }
        #expect(numbers(others) == [1, 2, 3])
        for number in UInt64(4)...10 { add(number, "b", in: own) }
        #expect(numbers(others) == [7, 8, 9, 10])
        #expect(ring.records(in: others).map(\.number) == [6, 7, 8, 9])
        #expect(ring.records(in: others).last?.record.texts == [RecordText("10"), RecordText("b")])
        #expect(numbers(cells.range(of: other.slot(0))) == [])
    }

    @Test(arguments: [
        ("", "", false), ("12345678901234567890", "12345678901234567890", false),
        ("123456789012345678901", "12345678901234567890", true), ("1234567890123456789ä", "1234567890123456789", true),
        ("12345678901234567ä0", "12345678901234567ä0", false), ("1234567890123456789😀", "1234567890123456789", true),
        ("€€€€€€€", "€€€€€€", true), ("a\u{0}b\n", "a\u{0}b\n", false),
    ])
    func aTextIsCutBetweenTwoCharactersAndSaysSo(text: String, kept: String, isCut: Bool) throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let range = cells.range(of: memory.slot(0))
        add(1, String(repeating: "x", count: 30), in: range)
        for number in UInt64(2)...5 { add(number, text, in: range) }
        for (_, record) in ring.records(in: range) {
            #expect(record.texts[1] == RecordText(kept, isCut: isCut))
        }
    }

    @Test func aWriterThatDiesHalfwayCostsItsRecordOnly() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let range = cells.range(of: memory.slot(0))
        for number in UInt64(1)...4 { add(number, in: range) }
        let record = ring.begin(in: range)
        record.set(0, to: 99)
        #expect(numbers(range) == [2, 3, 4])
        // The next process takes the record that was left.
        add(5, in: range)
        #expect(numbers(range) == [2, 3, 4, 5])
        add(6, in: range)
        #expect(numbers(range) == [3, 4, 5, 6])
    }

    @Test func aReaderGetsWholeRecordsWhileOthersAreWritten() async throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        await withTaskGroup { group in
            group.addTask {
                for number in UInt64(1)...20_000 { add(number, "\(number * 7)", in: cells.range(of: memory.slot(0))) }
            }
            group.addTask {
                var last: UInt64 = 0
                while last < 20_000 {
                    for (position, record) in ring.records(in: cells.range(of: other.slot(0))) {
                        let number = record.numbers[0]
                        #expect(record.numbers == [number, number] && position == number - 1)
                        #expect(record.texts == [RecordText("\(number)"), RecordText("\(number * 7)")])
                        last = max(last, number)
                    }
                }
            }
        }
    }

    private func write(_ numbers: [UInt64], in memory: MetricsMemory) {
        table.write(rows: numbers.count, in: memory) { head in
            head.set(0, to: UInt64(numbers.count))
        } row: { row, index in
            row.set(0, to: numbers[index])
            row.set(text: 0, to: "\(numbers[index])".utf8.span)
        }
    }

    @Test func aTableIsReadAsAWhole() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        #expect(table.read(in: other) == nil)
        write([5, 6], in: memory)
        #expect(table.read(in: other)?.rows.map(\.numbers) == [[5, 0], [6, 0]])
        #expect(table.read(in: other)?.rows.map(\.texts[0]) == [RecordText("5"), RecordText("6")])
        write([], in: memory)
        #expect(table.read(in: other)?.rows == [])
        // What has no room is left out; the head tells how many there are.
        write([1, 2, 3, 4, 5], in: memory)
        #expect(table.read(in: other)?.rows.count == 3)
        #expect(table.read(in: other)?.head.numbers == [5])
    }

    @Test func ofATableThatIsBeingWrittenNothingIsRead() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        write([1], in: memory)
        table.write(rows: 1, in: memory) { _ in
            #expect(table.read(in: memory) == nil)
        }
        #expect(table.read(in: memory) != nil)
    }
}
