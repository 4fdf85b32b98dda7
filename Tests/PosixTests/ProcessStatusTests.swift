import Glibc
import Posix
import Testing

struct ProcessStatusTests {
    @Test func thisProcessIsSeen() throws {
        let status = try #require(ProcessStatus(of: ProcessStatus.ownNumber))
        #expect(!status.isZombie)
        #expect(status.residentBytes > 1_000_000)
        let started = try #require(ProcessStatus.bootTime()) + status.startTicks / ProcessStatus.ticksPerSecond
        let now = UInt64(WallTime.now.nanoseconds / 1_000_000_000)
        #expect(started <= now + 2 && started > now - 100_000)
    }

    @Test func aProcessThatIsNotThereIsNot() {
        #expect(ProcessStatus(of: .max) == nil)
        #expect(ProcessStatus.openDescriptors(of: .max) == nil)
        #expect(ProcessStatus.descriptorLimit(of: .max) == nil)
    }

    @Test func anyNameOfAProgramIsRead() throws {
        let rest = "S 1 2 3 0 -1 4194304 100 200 0 0 11 22 33 44 20 0 8 0 5555 1000000 77 18446744073709551615 1"
        let status = try #require(ProcessStatus(stat: "4711 (a) b) (c) \(rest)\n"))
        #expect(status.ticks == 33 && status.childrenTicks == 77 && status.startTicks == 5555)
        #expect(status.residentBytes == 77 * UInt64(sysconf(Int32(_SC_PAGESIZE))))
        #expect(ProcessStatus(stat: "4711 (a) Z \(rest.dropFirst(2))")?.isZombie == true)
        #expect(ProcessStatus(stat: "4711 (a) S 1 2") == nil)
        #expect(ProcessStatus(stat: "") == nil)
    }

    @Test func descriptorsAreCounted() throws {
        let limit = try #require(ProcessStatus.descriptorLimit(of: ProcessStatus.ownNumber))
        let open = try #require(ProcessStatus.openDescriptors(of: ProcessStatus.ownNumber))
        // Other tests open some meanwhile.
        #expect(open > 2 && open <= limit)
    }
}
