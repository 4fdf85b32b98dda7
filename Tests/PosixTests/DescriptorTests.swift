internal import Glibc
internal import Posix
internal import TestSupport
internal import Testing

@Suite struct DescriptorTests {
    /// Both ends of a connection.
    private func connection() throws -> (Owner, Owner) {
        let folder = try SocketFolder()
        let address = try #require(UnixAddress(path: folder.path + "/s"))
        let listener = try Descriptor.unixStream()
        try listener.bind(to: address)
        try listener.listen(backlog: 1)
        let near = try Descriptor.unixStream()
        try near.connect(to: address)
        return (Owner(near), Owner(try listener.accept()))
    }

    @Test func writesAllHoweverMuch() throws {
        let (near, far) = try connection()
        let bytes = (0..<1_000_000).map { UInt8(truncatingIfNeeded: $0) }
        let writer = try Thread(name: "writer", stackSize: 1 << 18) {
            try? near.descriptor.write(bytes)
            try? near.descriptor.shutdown(.write)
        }
        var got: [UInt8] = []
        while true {
            let more = try far.descriptor.read(atMost: 100_000)
            if more.isEmpty { break }
            got += more
        }
        writer.join()
        #expect(got == bytes)
    }

    @Test func timeoutsEndReadsAndWrites() throws {
        let (near, far) = try connection()
        try near.descriptor.setReceiveTimeout(.milliseconds(10))
        try near.descriptor.setSendTimeout(.milliseconds(10))
        #expect(throws: Errno.wouldBlock) { try near.descriptor.read(atMost: 1) }
        #expect(throws: Errno.wouldBlock) { try near.descriptor.write([UInt8](repeating: 0, count: 10_000_000)) }
        withExtendedLifetime(far) {}
    }

    @Test func nonBlockingAnswersAtOnce() throws {
        let (near, far) = try connection()
        try near.descriptor.setNonBlocking(true)
        #expect(throws: Errno.wouldBlock) { try near.descriptor.read(atMost: 1) }
        #expect(try !near.descriptor.waitReadable(milliseconds: 1))
        try far.descriptor.write([7])
        #expect(try near.descriptor.waitReadable(milliseconds: -1))
        #expect(try near.descriptor.read(atMost: 10) == [7])
        try near.descriptor.setNonBlocking(false)
        try far.descriptor.shutdown(.both)
        #expect(try near.descriptor.read(atMost: 10).isEmpty)
    }

    @Test func ownerCloses() throws {
        let (near, far) = try connection()
        do {
            let copy = try far.descriptor.duplicate()
            try copy.close()
        }
        #expect(try !near.descriptor.waitReadable(milliseconds: 0))
        far.end()
        #expect(try near.descriptor.read(atMost: 1).isEmpty)
    }

    @Test func closeTellsOfErrors() {
        #expect(throws: Errno.badDescriptor) { try Descriptor(owning: -1).close() }
    }

    @Test func sharedFileHasOneIdentity() throws {
        let folder = try SocketFolder()
        let number = try retryOnInterrupt { unsafe open(folder.path + "/f", O_CREAT | O_RDWR | O_CLOEXEC, 0o600) }
        let file = Descriptor(owning: number)
        #expect(try Path.identity(folder.path + "/f") == file.identity())
        #expect(try Path.identity(folder.path + "/none") == nil)
        try Path.setMode(folder.path + "/f", 0o644)
        #expect(try file.identity().mode == 0o644)
        #expect(throws: Errno.notSocket) { try file.isUnixListener() }
        try Path.remove(folder.path + "/f")
        #expect(throws: Errno.notFound) { try Path.remove(folder.path + "/f") }
    }

    @Test(arguments: [(0, false), (1, true), (107, true), (108, false)])
    func pathOfASocketIsBounded(_ count: Int, _ isTaken: Bool) {
        #expect((UnixAddress(path: String(repeating: "x", count: count)) != nil) == isTaken)
    }
}

/// Lets a test share a descriptor with a thread.
final class Owner: Sendable {
    let descriptor: Descriptor
    init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    func end() { try? descriptor.shutdown(.both) }
}
