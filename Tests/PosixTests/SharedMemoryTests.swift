import Glibc
import Posix
import TestSupport
import Testing

struct SharedMemoryTests {
    @Test func twoMappingsAreOneMemory() throws {
        let one = try SharedMemory(name: "test", size: 10_000)
        let other = try SharedMemory(inheriting: one.descriptor.duplicate(), least: 10_000)
        #expect(other.size == 10_000)
        unsafe one.address.storeBytes(of: 4711, toByteOffset: 9_992, as: Int.self)
        #expect(unsafe other.address.load(fromByteOffset: 9_992, as: Int.self) == 4711)
        #expect(unsafe other.address.load(fromByteOffset: 0, as: Int.self) == 0)
    }

    @Test func itStaysWhenItsMakerIsGone() throws {
        var maker: Owned? = Owned(try SharedMemory(name: "test", size: 8))
        unsafe maker?.memory.address.storeBytes(of: 1, as: Int.self)
        let other = try SharedMemory(inheriting: try #require(maker).memory.descriptor.duplicate(), least: 8)
        maker = nil
        #expect(unsafe other.address.load(as: Int.self) == 1)
    }

    @Test func nobodyChangesItsSize() throws {
        let memory = try SharedMemory(name: "test", size: 4096)
        #expect(ftruncate(memory.descriptor.rawValue, 1) == -1)
        #expect(Errno.current == Errno(rawValue: EPERM))
        #expect(ftruncate(memory.descriptor.rawValue, 8192) == -1)
    }

    @Test func whatCouldBeCutIsRefused() throws {
        let folder = try SocketFolder()
        try FileSystem.replace(folder.path + "/f", with: [1, 2, 3], mode: 0o600)
        #expect(throws: SharedMemoryError.notSealed) {
            _ = try SharedMemory(inheriting: Descriptor.open(folder.path + "/f"), least: 1)
        }
    }

    @Test func whatIsTooSmallIsRefused() throws {
        let memory = try SharedMemory(name: "test", size: 100)
        #expect(throws: SharedMemoryError.tooSmall(least: 101)) {
            _ = try SharedMemory(inheriting: memory.descriptor.duplicate(), least: 101)
        }
    }

    @Test func whatIsNotOpenIsRefused() {
        #expect(throws: SharedMemoryError.system(.badDescriptor)) {
            _ = try SharedMemory(inheriting: Descriptor(owning: 1 << 20), least: 1)
        }
    }

    private final class Owned {
        let memory: SharedMemory
        init(_ memory: consuming SharedMemory) { self.memory = memory }
    }
}
