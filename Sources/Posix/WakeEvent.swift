internal import CPosix
internal import Glibc

/// An event that happens once: from then on its descriptor can be read, so every wait for it ends, in all threads.
package struct WakeEvent: ~Copyable, Sendable {
    /// To wait for, never to be read.
    package let descriptor: Descriptor

    /// C: eventfd.
    package init() throws(Errno) {
        descriptor = Descriptor(owning: try retryOnInterrupt { eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK)) })
    }

    /// Lets it happen; any thread may, and more than once. C: write.
    package borrowing func signal() {
        let number = descriptor.rawValue
        var one: UInt64 = 1
        // Only a full counter (EAGAIN) can fail here, and that one wakes everybody just as well.
        _ = try? retryOnInterrupt { unsafe write(number, &one, MemoryLayout<UInt64>.size) }
    }
}
