internal import FastCGI
internal import Glibc
internal import Posix
internal import TestSupport

/// A server in this process with the tests' handler, ended with its owner.
final class Service: Sendable {
    let folder: SocketFolder
    let listener: Listener
    let server: Server
    let log: Log

    init(threads: Int = 2, ioTimeout: Duration = .seconds(5), limit: Int = 1 << 22) throws {
        folder = try SocketFolder()
        listener = try Listener(path: folder.socket)
        let log = try Log()
        self.log = log
        server = try Server(listener: listener, threads: threads, ioTimeout: ioTimeout) {
            TestHandler(log: log, limit: limit)
        }
    }

    deinit {
        log.gate.signal()
        server.drain()
        server.join()
    }

    var path: String { folder.socket }

    /// Whether another client is answered. It tries again if it was cut off, as it may be where the time limit is short
    /// and this thread is not run for a while.
    func servesOn() -> Bool {
        for _ in 0..<20 where (try? exchange(Record.get("/after")))?.body == Array("/after".utf8) { return true }
        return false
    }

    func exchange(_ bytes: [UInt8]) throws -> Answer {
        try Client.exchange(path, bytes)
    }
}

/// What handlers saw, of all threads, and how tests hold them.
final class Log: Sendable {
    struct State {
        var bodies: [[UInt8]] = []
        var errors: [BodyError] = []
        var writes: [Bool] = []
        var capacities: [Int] = []
        var accepted = 0
        var released = 0
        var starved: [Errno] = []
    }
    private let state = Monitor(State())

    /// Held: a handler of "/held" waits until it can be read.
    let gate: WakeEvent

    init() throws { gate = try WakeEvent() }

    var now: State { state.withLock { $0 } }

    func add(_ change: (inout State) -> Void) {
        state.withLock { change(&$0) }
    }

    /// Waits until it holds; false after 20 s.
    func wait(until condition: (State) -> Bool) -> Bool {
        let deadline = MonotonicTime.now + .seconds(20)
        while MonotonicTime.now < deadline {
            if condition(now) { return true }
            usleep(1000)
        }
        return condition(now)
    }
}

/// Echoes a POST's body; GET answers with its path. "/big/n" answers with n bytes, the body unread; "/held" waits for the
/// gate; "/silent" does not answer; "/twice" tries to.
struct TestHandler: Handler {
    let log: Log
    let limit: Int
    var buffer: [UInt8] = []

    mutating func accepted() { log.add { $0.accepted += 1 } }
    mutating func released() { log.add { $0.released += 1 } }
    mutating func starved(_ error: Errno) { log.add { $0.starved.append(error) } }

    mutating func handle(_ request: inout Request) {
        let path = request.path
        if path == "/held" { _ = try? log.gate.descriptor.waitReadable(milliseconds: 20_000) }
        if path == "/silent" { return }
        if path == "/twice" {
            let first = request.respond(status: 503, contentType: nil, headers: [("X-A", "b\r\nX-C: d")], body: [])
            log.add { $0.writes.append(first) }
        }
        let isWritten: Bool
        if path.hasPrefix("/big/"), let count = Int(path.dropFirst(5)) {
            isWritten = request.respond(status: 200, contentType: nil, body: Array(repeating: 0x61, count: count))
        } else if request.method == .post {
            isWritten = echo(&request)
        } else {
            isWritten = request.respond(status: 200, contentType: "text/plain", body: Array(path.utf8))
        }
        log.add { $0.writes.append(isWritten) }
    }

    private mutating func echo(_ request: inout Request) -> Bool {
        do throws(BodyError) {
            try request.readBody(into: &buffer, limit: limit)
        } catch {
            log.add { $0.errors.append(error) }
            return request.respond(status: 400, contentType: "text/plain", body: Array("\(error)".utf8))
        }
        let body = Array(buffer[...])
        let capacity = buffer.capacity
        log.add {
            $0.bodies.append(body)
            $0.capacities.append(capacity)
        }
        return request.respond(status: 200, contentType: request.contentType, body: buffer)
    }
}
