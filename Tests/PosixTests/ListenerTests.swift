internal import Glibc
internal import Posix
internal import TestSupport
internal import Testing

@Suite struct ListenerTests {
    private func file(_ path: String) throws {
        let number = unsafe open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0o600)
        try Descriptor(owning: number).close()
    }

    /// A listening socket that takes no lock, as other programs make it.
    private func foreign(_ path: String) throws -> Descriptor {
        let socket = try Descriptor.unixStream()
        guard let address = UnixAddress(path: path) else { throw Errno.nameTooLong }
        try socket.bind(to: address)
        try socket.listen(backlog: 1)
        return socket
    }

    @discardableResult
    private func connect(_ path: String) throws -> Descriptor {
        let socket = try Descriptor.unixStream(nonBlocking: true)
        guard let address = UnixAddress(path: path) else { throw Errno.nameTooLong }
        try socket.connect(to: address)
        return socket
    }

    /// Whatever the umask takes away.
    @Test(arguments: [0o660, 0o600, 0o666, 0o777] as [UInt32])
    func modeIsExact(_ mode: UInt32) throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket, mode: mode)
        let found = try #require(try Path.identity(folder.socket))
        #expect(found.isSocket)
        #expect(found.mode == mode)
        withExtendedLifetime(listener) {}
    }

    @Test func modeIsForOwnerAndGroupByDefault() throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket)
        #expect(try Path.identity(folder.socket)?.mode == 0o660)
        withExtendedLifetime(listener) {}
    }

    @Test func fileGoesWithTheListener() throws {
        let folder = try SocketFolder()
        do {
            let listener = try Listener(path: folder.socket)
            #expect(try Path.identity(folder.socket) != nil)
            withExtendedLifetime(listener) {}
        }
        #expect(try Path.identity(folder.socket) == nil)
        // The lock's file stays, as free.
        #expect(try Path.identity(folder.socket + ".lock") != nil)
        #expect(throws: Never.self) { try onceFree { try Listener(path: folder.socket) } }
    }

    @Test func removedFileLetsTheNextOneIn() throws {
        let folder = try SocketFolder()
        let first = try Listener(path: folder.socket)
        first.removeFile()
        #expect(try Path.identity(folder.socket) == nil)
        let second = try onceFree { try Listener(path: folder.socket) }
        first.removeFile()
        #expect(try Path.identity(folder.socket) != nil)
        withExtendedLifetime(second) {}
    }

    @Test func othersFileStays() throws {
        let folder = try SocketFolder()
        do {
            let listener = try Listener(path: folder.socket)
            try Path.remove(folder.socket)
            try file(folder.socket)
            withExtendedLifetime(listener) {}
        }
        #expect(try Path.identity(folder.socket)?.isSocket == false)
    }

    @Test func staleSocketIsTakenOver() throws {
        let folder = try SocketFolder()
        try foreign(folder.socket).close()
        #expect(try Path.identity(folder.socket)?.isSocket == true)
        let listener = try Listener(path: folder.socket)
        #expect(throws: Never.self) { try connect(folder.socket) }
        withExtendedLifetime(listener) {}
    }

    @Test func ownServerIsNotReplaced() throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket)
        let before = try Path.identity(folder.socket)
        #expect(throws: ListenerError.locked(folder.socket)) { try Listener(path: folder.socket) }
        #expect(try Path.identity(folder.socket) == before)
        withExtendedLifetime(listener) {}
    }

    @Test func othersServerIsNotReplaced() throws {
        let folder = try SocketFolder()
        let socket = try foreign(folder.socket)
        #expect(throws: ListenerError.served(folder.socket)) { try Listener(path: folder.socket) }
        // Nor with a full queue.
        let waiting = (0..<8).map { _ in try? Owner(connect(folder.socket)) }
        #expect(throws: ListenerError.served(folder.socket)) { try Listener(path: folder.socket) }
        withExtendedLifetime(waiting) {}
        try socket.close()
    }

    @Test func onlySocketsAreReplaced() throws {
        let folder = try SocketFolder()
        try file(folder.socket)
        #expect(throws: ListenerError.notSocket(folder.socket)) { try Listener(path: folder.socket) }
        #expect(try Path.identity(folder.socket) != nil)
    }

    @Test func pathIsChecked() throws {
        let folder = try SocketFolder()
        let most = folder.path + "/" + String(repeating: "x", count: 107 - folder.path.utf8.count - 1)
        #expect(throws: Never.self) { try Listener(path: most) }
        #expect(throws: ListenerError.pathTooLong(most + "x")) { try Listener(path: most + "x") }
        #expect(throws: ListenerError.pathInvalid) { try Listener(path: "") }
        #expect(throws: ListenerError.pathInvalid) { try Listener(path: folder.socket + "\0x") }
        let missing = folder.path + "/none/s"
        #expect(throws: ListenerError.directoryMissing(missing)) { try Listener(path: missing) }
        #expect("\(ListenerError.directoryMissing(missing))".contains(missing))
    }

    @Test func backlogOverTheKernelsIsReported() throws {
        let folder = try SocketFolder()
        let limit = try #require(Host.backlogLimit())
        #expect(
            try Listener(path: folder.socket, backlog: limit + 1).warnings
                == [.backlogCapped(wanted: limit + 1, limit: limit)])
        #expect(try Listener(path: folder.socket, backlog: limit).warnings.isEmpty)
    }

    @Test func inheritedListenerServes() throws {
        let folder = try SocketFolder()
        let outer = try Listener(path: folder.socket)
        let inner = try Listener(inherited: try outer.descriptor.duplicate().release())
        let client = try connect(folder.socket)
        try client.write([7])
        #expect(try inner.descriptor.accept().read(atMost: 2) == [7])
        // The file is the outer one's.
        inner.removeFile()
        #expect(try Path.identity(folder.socket) != nil)
    }

    @Test func onlyListenersAreInherited() throws {
        let socket = try Descriptor.unixStream()
        #expect(throws: ListenerError.notListener(socket.rawValue)) { try Listener(inherited: socket.rawValue) }
        #expect(throws: ListenerError.notListener(-1)) { try Listener(inherited: -1) }
        // It was not closed.
        #expect(throws: Never.self) { try socket.setNonBlocking(true) }
    }
}
