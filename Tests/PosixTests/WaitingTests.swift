internal import Posix
internal import TestSupport
internal import Testing

@Suite struct WaitingTests {
    @Test func eventWakesEveryWaitForGood() throws {
        let event = try WakeEvent()
        let epoll = try Epoll()
        try epoll.add(event.descriptor)
        #expect(try !epoll.wait(milliseconds: 0))
        event.signal()
        event.signal()
        #expect(try epoll.wait())
        #expect(try epoll.wait())
        #expect(try event.descriptor.waitReadable(milliseconds: 0))
    }

    @Test func exclusiveWatchingIsForSocketsToo() throws {
        let event = try WakeEvent()
        let epoll = try Epoll()
        try epoll.add(event.descriptor, exclusive: true)
        #expect(throws: Errno.exists) { try epoll.add(event.descriptor) }
        event.signal()
        #expect(try epoll.wait())
    }

    @Test func lockKeepsOthersOut() throws {
        let folder = try SocketFolder()
        let path = folder.path + "/lock"
        do {
            let lock = try PathLock(path: path)
            #expect(throws: Errno.wouldBlock) { _ = try PathLock(path: path) }
            withExtendedLifetime(lock) {}
        }
        #expect(throws: Never.self) { try onceFree { _ = try PathLock(path: path) } }
        #expect(throws: Errno.notFound) { _ = try PathLock(path: folder.path + "/none/lock") }
    }

    /// As a cleaner of temporary folders may do it: the path is free then, and a lock on it counts.
    @Test func lockIsOnThePathThatStands() throws {
        let folder = try SocketFolder()
        let path = folder.path + "/lock"
        let old = try PathLock(path: path)
        try Path.remove(path)
        let new = try PathLock(path: path)
        #expect(throws: Errno.wouldBlock) { _ = try PathLock(path: path) }
        withExtendedLifetime(old) {}
        withExtendedLifetime(new) {}
    }

    @Test(
        arguments: [
            (Duration.zero, 0), (.nanoseconds(1), 1), (.milliseconds(7), 7), (.microseconds(7001), 8),
            (.seconds(-1), 0),
            (.seconds(1 << 40), Int32.max),
        ] as [(Duration, Int32)])
    func limitsRoundUp(_ time: Duration, _ milliseconds: Int32) {
        #expect(time.wholeMilliseconds == milliseconds)
    }
}
