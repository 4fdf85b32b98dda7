internal import CPosix
internal import Glibc

/// What `Descriptor.shutdown` ends.
package enum ShutdownSide: Sendable {
    case read, write, both
}

extension Descriptor {
    /// A new unix stream socket, closed on exec. C: socket.
    package static func unixStream(nonBlocking: Bool = false) throws(Errno) -> Descriptor {
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue | (nonBlocking ? SOCK_NONBLOCK.rawValue : 0))
        return Descriptor(owning: try retryOnInterrupt { socket(AF_UNIX, type, 0) })
    }

    /// Makes the socket's file, with the mode 0777 less the umask. C: bind.
    package borrowing func bind(to address: UnixAddress) throws(Errno) {
        let number = rawValue
        try unsafe address.withSocketAddress { socketAddress, length throws(Errno) in
            try checkOnInterrupt { unsafe Glibc.bind(number, socketAddress, length) }
        }
    }

    /// Lets others connect; `backlog` of them may wait, though no more than net.core.somaxconn. C: listen.
    package borrowing func listen(backlog: Int32) throws(Errno) {
        let number = rawValue
        try checkOnInterrupt { Glibc.listen(number, backlog) }
    }

    /// Connects. A non-blocking socket answers EAGAIN where the other side's backlog is full. C: connect.
    package borrowing func connect(to address: UnixAddress) throws(Errno) {
        let number = rawValue
        try unsafe address.withSocketAddress { socketAddress, length throws(Errno) in
            try checkOnInterrupt { unsafe Glibc.connect(number, socketAddress, length) }
        }
    }

    /// The next connection, blocking and closed on exec, whatever the listener is. C: accept4.
    package borrowing func accept() throws(Errno) -> Descriptor {
        let number = posix_accept(rawValue)
        if number < 0 { throw .current }
        return Descriptor(owning: number)
    }

    /// Ends one direction, or both, for every holder of the socket. C: shutdown.
    package borrowing func shutdown(_ side: ShutdownSide) throws(Errno) {
        let number = rawValue
        let how =
            switch side {
            case .read: Int32(SHUT_RD)
            case .write: Int32(SHUT_WR)
            case .both: Int32(SHUT_RDWR)
            }
        try checkOnInterrupt { Glibc.shutdown(number, how) }
    }
}
