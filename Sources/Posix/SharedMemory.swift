internal import Glibc

/// Zeroed memory that processes started from here can share: mmap(2), shared and anonymous.
@safe
package struct SharedMemory: ~Copyable, @unchecked Sendable {
    // The owner of a mapping hands out its bytes only; who reads and writes what there is the caller's rule.
    private let base: UnsafeMutableRawPointer
    package let size: Int

    package init(size: Int) throws(Errno) {
        let mapped = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)
        let error = Errno.current
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw error }
        unsafe base = mapped
        self.size = size
    }

    deinit {
        unsafe munmap(base, size)
    }

    /// The address of the memory, which lives as long as this value.
    package var address: UnsafeMutableRawPointer { unsafe base }
}
