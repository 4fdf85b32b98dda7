internal import CPosix

/// malloc's memory.
package enum Heap {
    /// Has blocks of at least so many bytes go back to the kernel when they are freed, and of smaller ones no more
    /// stay unused in each of the heaps that threads have. By itself glibc raises both limits, up to 32 and 64 MB, by
    /// the largest block that it ever saw freed. C: mallopt.
    package static func keep(atMost bytes: Int32) { posix_bound_heap(bytes) }
}
