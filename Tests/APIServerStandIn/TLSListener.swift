import Posix

private import Glibc

/// A socket on 127.0.0.1 at a port of the system's choice, each connection to it in a thread of its own.
final class TLSListener: Sendable {
    let port: UInt16
    private let socket: Socket
    private let connections = Monitor(Connections())
    private let acceptor = Monitor<Posix.Thread?>(nil)

    /// Shared with the thread that accepts.
    private final class Socket: Sendable {
        let descriptor: Descriptor
        init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
    }

    private struct Connections: Sendable {
        var isOver = false
        var count = 0
        var sockets: Set<Int32> = []
        var threads: [Posix.Thread] = []
    }

    init(_ context: TLSContext, serve: @escaping @Sendable (borrowing TLSStream) -> Void) throws {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try retryOnInterrupt { Glibc.socket(AF_INET, type, 0) })
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socket.rawValue
        try unsafe withUnsafeMutablePointer(to: &address) { pointer in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                try checkOnInterrupt { unsafe Glibc.bind(number, generic, length) }
                try checkOnInterrupt { unsafe Glibc.getsockname(number, generic, &length) }
            }
        }
        port = UInt16(bigEndian: address.sin_port)
        try socket.listen(backlog: 128)
        let shared = Socket(socket)
        self.socket = shared
        let connections = connections
        // SIGPIPE is blocked, as all signals are: who has gone is told by EPIPE.
        let thread = try Posix.Thread(name: "apiserver", stackSize: 1 << 18) {
            Self.accept(shared, into: connections, context: context, serve: serve)
        }
        acceptor.withLock { $0 = thread }
    }

    deinit { stop() }

    /// How many there have been.
    var count: Int { connections.withLock { $0.count } }

    /// Ends the connections that there are, without TLS's farewell.
    func endConnections() {
        connections.withLock { connections in
            for socket in connections.sockets { _ = Glibc.shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Ends all connections, and waits for their threads.
    func stop() {
        connections.withLock { $0.isOver = true }
        endConnections()
        try? socket.descriptor.shutdown(.both)
        acceptor.withLock { $0 }?.join()
        for thread in connections.withLock({ $0.threads }) { thread.join() }
    }

    private static func accept(
        _ listener: Socket, into connections: Monitor<Connections>, context: TLSContext,
        serve: @escaping @Sendable (borrowing TLSStream) -> Void
    ) {
        while true {
            let number: Int32
            do throws(Errno) {
                // Closed on exec: a process that a test starts meanwhile must not keep the connection open.
                number = try listener.descriptor.accept().release()
            } catch {
                // What a listener that was shut down answers.
                if error == .invalidArgument { return }
                Posix.Thread.sleep(milliseconds: 1)
                continue
            }
            let isOpen = connections.withLock { connections in
                connections.count += 1
                if !connections.isOver { connections.sockets.insert(number) }
                return !connections.isOver
            }
            let thread =
                isOpen
                ? try? Posix.Thread(name: "apiserver-conn", stackSize: 1 << 20) {
                    if let stream = context.accept(on: number) { serve(stream) }
                    connections.withLock { _ = $0.sockets.remove(number) }
                    _ = Glibc.close(number)
                } : nil
            if let thread {
                connections.withLock { $0.threads.append(thread) }
            } else {
                connections.withLock { _ = $0.sockets.remove(number) }
                _ = Glibc.close(number)
            }
        }
    }
}
