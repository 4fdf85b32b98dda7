internal import FastCGI
internal import Glibc
internal import Posix
internal import Synchronization
internal import TestSupport
internal import Testing

@Suite struct ServerTests {
    @Test func idleServerDrainsAtOnce() throws {
        let service = try Service(threads: 8, ioTimeout: .seconds(20))
        #expect(try service.exchange(Record.get("/")).isComplete)
        #expect(service.server.phase == .serving)
        let start = MonotonicTime.now
        service.server.drain()
        #expect(service.server.phase == .draining)
        service.server.join()
        // Measured: 0.1 to 0.5 ms. A drain that waits for its time limit takes 20 s.
        #expect(MonotonicTime.now - start < .seconds(10))
        #expect(service.server.phase == .ended)
    }

    @Test func phaseOnlyGoesForward() throws {
        let service = try Service()
        service.server.drain()
        service.server.join()
        service.server.drain()
        service.server.join()
        #expect(service.server.phase == .ended)
    }

    @Test func requestInHandIsFinished() throws {
        let service = try Service(threads: 1)
        let client = try Client(service.path)
        try client.send(Record.get("/held"))
        #expect(service.log.wait { $0.accepted == 1 })
        service.server.drain()
        #expect(service.server.phase == .draining)
        service.log.gate.signal()
        let answer = try client.receive()
        #expect(answer.isComplete)
        #expect(answer.body == Array("/held".utf8))
        service.server.join()
    }

    /// What waits in the queue is left to others that share the listener.
    @Test func drainedServerLeavesTheQueue() throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket)
        let log = try Log()
        func server() throws -> Server {
            try Server(listener: listener, threads: 2) { TestHandler(log: log, limit: 1000) }
        }
        let old = try server()
        old.drain()
        old.join()
        let clients = try (0..<5).map { _ in try Client(folder.socket) }
        for client in clients { try client.send(Record.post([0x61])) }
        let new = try server()
        for client in clients { #expect(try client.receive().body == [0x61]) }
        new.drain()
        new.join()
    }

    /// Servers that come and go under load, on one listener: no request is lost.
    @Test func rollingReplacementLosesNothing() throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket)
        let log = try Log()
        let failures = Box<Int>()
        func server() throws -> Server {
            try Server(listener: listener, threads: 2) { TestHandler(log: log, limit: 1000) }
        }
        var current = try server()
        let path = folder.socket
        try withThreads(8) { _ in
            for _ in 0..<50 where (try? Client.exchange(path, Record.post([0x61])))?.body != [0x61] {
                failures.value.withLock { $0 = ($0 ?? 0) + 1 }
            }
        } during: {
            for _ in 0..<10 {
                let next = try server()
                current.drain()
                current.join()
                current = next
            }
        }
        current.drain()
        current.join()
        #expect(failures.value.withLock { $0 } == nil)
    }

    /// SIGTERM still ends a process that does not wait for it, though libfcgi took its handler.
    @Test func handlersOfSignalsAreLeftAlone() async {
        await #expect(processExitsWith: .signal(SIGTERM)) {
            let service = try Service()
            #expect(try service.exchange(Record.get("/")).isComplete)
            // To the process: the thread that runs this is of a pool that blocks signals. So another thread is
            // ended by it, a moment later.
            try Signal.terminate.send(to: getpid())
            sleep(30)
        }
    }

    @Test func lackOfDescriptorsPasses() async {
        await #expect(processExitsWith: .success) {
            let service = try Service(threads: 2)
            #expect(try service.exchange(Record.get("/first")).isComplete)
            let socket = try Descriptor.unixStream()
            let before = try limitDescriptors(to: 3)
            let client = try Client(service.path, on: socket)
            try client.send(Record.get("/second"))
            #expect(service.log.wait { $0.starved.count >= 3 })
            #expect(service.log.now.starved.allSatisfy { $0 == .tooManyOpenFiles })
            _ = try limitDescriptors(to: before)
            #expect(try client.receive().body == Array("/second".utf8))
        }
    }

    /// A server that cannot get a connection ends as quickly as any.
    @Test func starvedServerDrains() async {
        await #expect(processExitsWith: .success) {
            let service = try Service(threads: 2)
            let socket = try Descriptor.unixStream()
            let before = try limitDescriptors(to: 3)
            let client = try Client(service.path, on: socket)
            #expect(service.log.wait { $0.starved.count >= 3 })
            service.server.drain()
            service.server.join()
            withExtendedLifetime(client) {}
            // A leak sanitizer opens files at the exit.
            _ = try limitDescriptors(to: before)
        }
    }

    /// No address space holds such a stack.
    @Test func threadThatCannotStartIsAnError() throws {
        let folder = try SocketFolder()
        let listener = try Listener(path: folder.socket)
        #expect(throws: Errno.self) {
            try Server(listener: listener, threads: 2, stackSize: 1 << 60) {
                ClosureHandler { $0.respond(status: 204, contentType: nil, body: []) }
            }
        }
    }
}

/// Lets the process open no descriptor of this number or a higher one; answers the limit there was. Open ones stay.
private func limitDescriptors(to count: rlim_t) throws -> rlim_t {
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    var limit = rlimit()
    guard unsafe getrlimit(resource, &limit) == 0 else { throw Errno.current }
    let before = limit.rlim_cur
    limit.rlim_cur = count
    guard unsafe setrlimit(resource, &limit) == 0 else { throw Errno.current }
    return before
}
