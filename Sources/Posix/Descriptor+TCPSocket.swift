internal import Glibc

extension Descriptor {
    /// A TCP socket that listens, closed on exec. C: getaddrinfo, socket, bind, listen.
    ///
    /// - Parameters:
    ///   - host: A numeric address; empty: each of this machine, IPv4 and IPv6 where the kernel has that.
    ///   - port: 0: one of the system's choice.
    package static func tcpListener(host: String, port: UInt16, backlog: Int32 = 64) throws(Errno) -> Descriptor {
        guard host.isEmpty else { return try listener(numeric: host, port, backlog) }
        do throws(Errno) {
            return try listener(numeric: "::", port, backlog)
        } catch {
            guard [EAFNOSUPPORT, EADDRNOTAVAIL].contains(error.rawValue) else { throw error }
            return try listener(numeric: "0.0.0.0", port, backlog)
        }
    }

    private static func listener(numeric host: String, _ port: UInt16, _ backlog: Int32) throws(Errno) -> Descriptor {
        var hints = unsafe addrinfo()
        unsafe hints.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV | AI_PASSIVE
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard unsafe getaddrinfo(host, "\(port)", &hints, &first) == 0, let found = unsafe first else {
            throw .invalidArgument
        }
        defer { unsafe freeaddrinfo(found) }
        let (family, address, length) = unsafe (
            found.pointee.ai_family, found.pointee.ai_addr, found.pointee.ai_addrlen
        )
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        let socket = Descriptor(owning: try retryOnInterrupt { Glibc.socket(family, type, 0) })
        let number = socket.rawValue
        var (on, off): (Int32, Int32) = (1, 0)
        let size = socklen_t(MemoryLayout<Int32>.size)
        // Else the port of a program that has just ended is taken for a minute.
        try checkOnInterrupt { unsafe setsockopt(number, SOL_SOCKET, SO_REUSEADDR, &on, size) }
        if family == AF_INET6 {
            try checkOnInterrupt { unsafe setsockopt(number, Int32(IPPROTO_IPV6), IPV6_V6ONLY, &off, size) }
        }
        try checkOnInterrupt { unsafe Glibc.bind(number, address, length) }
        try socket.listen(backlog: backlog)
        return socket
    }

    /// The port that the socket is bound to. C: getsockname.
    package borrowing func boundPort() throws(Errno) -> UInt16 {
        let number = rawValue
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        try unsafe withUnsafeMutablePointer(to: &storage) { pointer throws(Errno) in
            try unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic throws(Errno) in
                try checkOnInterrupt { unsafe getsockname(number, generic, &length) }
            }
        }
        // The port stands at the same place in both kinds of address.
        return unsafe withUnsafeBytes(of: &storage) { bytes in unsafe UInt16(bytes[2]) << 8 | UInt16(bytes[3]) }
    }
}
