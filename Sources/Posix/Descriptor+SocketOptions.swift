internal import Glibc

extension Descriptor {
    /// How long one read may wait before it answers EAGAIN; zero: for ever. Rounded up to 1 us. C: setsockopt,
    /// SO_RCVTIMEO.
    package borrowing func setReceiveTimeout(_ time: Duration) throws(Errno) {
        try setOption(SO_RCVTIMEO, timeval(time))
    }

    /// How long one write may wait. C: setsockopt, SO_SNDTIMEO.
    package borrowing func setSendTimeout(_ time: Duration) throws(Errno) {
        try setOption(SO_SNDTIMEO, timeval(time))
    }

    /// Bytes that may wait to be sent; the kernel doubles it. C: setsockopt, SO_SNDBUF.
    package borrowing func setSendBuffer(_ bytes: Int32) throws(Errno) {
        try setOption(SO_SNDBUF, bytes)
    }

    /// Whether this is a unix socket that listens. C: getsockopt, SO_ACCEPTCONN and SO_DOMAIN.
    package borrowing func isUnixListener() throws(Errno) -> Bool {
        let isListening = try option(SO_ACCEPTCONN) != 0
        let domain = try option(SO_DOMAIN)
        return isListening && domain == AF_UNIX
    }

    private borrowing func setOption<Value: BitwiseCopyable>(_ name: Int32, _ value: Value) throws(Errno) {
        var value = value
        guard unsafe setsockopt(rawValue, SOL_SOCKET, name, &value, socklen_t(MemoryLayout<Value>.size)) == 0 else {
            throw .current
        }
    }

    private borrowing func option(_ name: Int32) throws(Errno) -> Int32 {
        var value: Int32 = 0
        var length = socklen_t(MemoryLayout<Int32>.size)
        guard unsafe getsockopt(rawValue, SOL_SOCKET, name, &value, &length) == 0 else { throw .current }
        return value
    }
}

extension timeval {
    fileprivate init(_ time: Duration) {
        let (seconds, attoseconds) = time.components
        let microseconds = (attoseconds + 999_999_999_999) / 1_000_000_000_000
        self.init(tv_sec: Int(seconds) + Int(microseconds / 1_000_000), tv_usec: Int(microseconds % 1_000_000))
    }
}
