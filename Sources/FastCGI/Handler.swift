package import Posix

/// What a server's thread does with its requests. Each thread makes one of its own, so it needs no locks.
package protocol Handler: ~Copyable, SendableMetatype {
    /// Answers one request. One left unanswered becomes 502 in nginx.
    mutating func handle(_ request: inout Request)

    /// The thread has a connection and will read from it next: from here on a watchdog can count.
    mutating func accepted()

    /// The connection is closed, whether it brought a request or not; the thread is free.
    mutating func released()

    /// No connection could be taken for want of descriptors or memory; the thread tries again shortly.
    mutating func starved(_ error: Errno)
}

extension Handler where Self: ~Copyable {
    package mutating func accepted() {}
    package mutating func released() {}
    package mutating func starved(_ error: Errno) {}
}
