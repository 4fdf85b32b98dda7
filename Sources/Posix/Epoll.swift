internal import CPosix
internal import Glibc

/// A set of descriptors to wait for, level-triggered: a descriptor that stays readable wakes every wait.
package struct Epoll: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// C: epoll_create1.
    package init() throws(Errno) {
        descriptor = Descriptor(owning: try retryOnInterrupt { epoll_create1(Int32(EPOLL_CLOEXEC)) })
    }

    /// Watches for something to read. If `exclusive`, what arrives wakes one of the waiting sets, not all of them.
    /// C: epoll_ctl, EPOLLEXCLUSIVE.
    package borrowing func add(_ watched: borrowing Descriptor, exclusive: Bool = false) throws(Errno) {
        let events = EPOLLIN.rawValue | (exclusive ? EPOLLEXCLUSIVE.rawValue : 0)
        let number = descriptor.rawValue
        let other = watched.rawValue
        try checkOnInterrupt { posix_epoll_add(number, other, events) }
    }

    /// Waits until one of them can be read; false if `milliseconds` (-1: no limit) went by, or a signal handler ran.
    /// C: epoll_wait.
    package borrowing func wait(milliseconds: Int32 = -1) throws(Errno) -> Bool {
        let count = posix_epoll_wait(descriptor.rawValue, milliseconds)
        if count >= 0 { return count > 0 }
        let error = Errno.current
        if error != .interrupted { throw error }
        return false
    }
}
