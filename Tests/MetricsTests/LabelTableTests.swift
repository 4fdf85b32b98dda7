import Metrics
import Testing

struct LabelTableTests {
    private var plan = MetricsPlan(version: 1)
    private let table: LabelTable

    init() {
        table = LabelTable(&plan, capacity: 4)
    }

    private func number(_ name: String, _ memory: MetricsMemory) -> Int {
        table.number(of: Array(name.utf8).span, in: memory)
    }

    @Test func aNameKeepsItsNumberInEveryProcess() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
        #expect(number("docker.io", memory) == 0)
        #expect(number("quay.io", other) == 1)
        #expect(number("quay.io", memory) == 1)
        #expect(number("Docker.IO", other) == 0)
        for memory in [memory, other] {
            #expect(table.names(in: memory) == ["docker.io", "quay.io", nil, nil, "other"])
        }
    }

    @Test(arguments: [0, 1, 6, 7, 8, 13, 14, 15, 126, 127, 128])
    func namesOfAnyLengthComeBackWhole(length: Int) throws {
        let memory = try MetricsMemory(plan, slots: 1)
        let name = String((0..<length).map { Character(Unicode.Scalar(UInt8(ascii: "a") + UInt8($0 % 26))) })
        #expect(number(name, memory) == 0)
        #expect(number(name + "!", memory) == (length < 128 ? 1 : table.capacity))
        #expect(table.names(in: memory).first == name)
    }

    @Test func whatFindsNoRoomIsOther() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        #expect(["a", "b", "c", "d", "e", "a", "d"].map { number($0, memory) } == [0, 1, 2, 3, 4, 0, 3])
        #expect(table.names(in: memory) == ["a", "b", "c", "d", "other"])
    }

    @Test func whatIsTooLongOrNamedLikeTheRestIsOther() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        #expect(number(String(repeating: "a", count: 129), memory) == 4)
        #expect(number("other", memory) == 4)
        #expect(number("OTHER", memory) == 4)
        #expect(table.names(in: memory) == [nil, nil, nil, nil, "other"])
    }

    // MARK: processes that die halfway

    @Test func aNameLeftHalfwayIsNotReadAndIsCompletedByTheNextOfThatName() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        table.claimPart(of: "registry.example.com", cells: 2, record: 0, in: memory)
        #expect(table.names(in: memory) == [nil, nil, nil, nil, "other"])
        #expect(number("registry.example.com", memory) == 0)
        #expect(table.names(in: memory).first == "registry.example.com")
    }

    @Test func aNameLeftHalfwayIsCompletedByOneThatBeginsAlike() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        table.claimPart(of: "registry.example.com", cells: 1, record: 0, in: memory)
        #expect(number("registry.example.org", memory) == 0)
        #expect(number("registry.example.com", memory) == 1)
        #expect(table.names(in: memory).prefix(2) == ["registry.example.org", "registry.example.com"])
    }

    @Test func aNameLeftHalfwayIsPassedOverByOthers() throws {
        let memory = try MetricsMemory(plan, slots: 1)
        table.claimPart(of: "registry.example.com", cells: 1, record: 0, in: memory)
        #expect(number("quay.io", memory) == 1)
        #expect(number("registr", memory) == 2)
        #expect(table.names(in: memory).prefix(3) == [nil, "quay.io", "registr"])
    }

    @Test func racingProcessesAgree() async throws {
        var plan = MetricsPlan(version: 1)
        let table = LabelTable(&plan, capacity: 64)
        for round in 0..<20 {
            let memory = try MetricsMemory(plan, slots: 1)
            let other = try MetricsMemory(plan, inheriting: memory.duplicateDescriptor())
            // Alike in their beginnings, so that they race for cells within a record too.
            let names = (0..<80).map { "registry-\(round).example.com/\($0 % 8)/\($0 / 8)" }
            let numbers = await withTaskGroup(of: [Int: Set<Int>].self) { group in
                for task in 0..<8 {
                    group.addTask {
                        let memory = task % 2 == 0 ? memory : other
                        var found: [Int: Set<Int>] = [:]
                        for step in 0..<160 {
                            let index = (step * 7 + task * 11) % 80
                            found[index, default: []].insert(
                                table.number(of: Array(names[index].utf8).span, in: memory))
                        }
                        return found
                    }
                }
                return await group.reduce(into: [:]) { $0.merge($1) { $0.union($1) } }
            }
            let read = table.names(in: memory)
            #expect(Set(read.compactMap(\.self)).count == 65)
            for (index, number) in numbers {
                // One that found no room did so for all: a name keeps what it once was.
                #expect(number.count == 1)
                let only = try #require(number.first)
                #expect(only == 64 ? !read.contains(names[index]) : read[only] == names[index])
            }
        }
    }
}
