internal import CPosix
internal import Glibc

/// Memory that processes share: a file without a name, of a size that nobody can change, mapped here.
///
/// It begins as zeros. A program started from here maps it too if it is handed the descriptor.
@safe
package struct SharedMemory: ~Copyable, @unchecked Sendable {
    // The owner of a mapping hands out its bytes only; who reads and writes what there is the caller's rule.
    private let base: UnsafeMutableRawPointer
    /// Bytes.
    package let size: Int
    /// The file, closed on exec: who starts a program hands on a duplicate.
    package let descriptor: Descriptor

    /// Makes memory of a size.
    ///
    /// - Parameter name: What `/proc/PID/maps` shows.
    /// C: memfd_create, ftruncate, fcntl with F_ADD_SEALS, mmap.
    package init(name: String, size: Int) throws(Errno) {
        let file = Descriptor(owning: try retryOnInterrupt { unsafe posix_memory_file(name) })
        let number = file.rawValue
        try checkOnInterrupt { ftruncate(number, size) }
        try checkOnInterrupt { posix_seal(number) }
        try self.init(mapping: file, size: size)
    }

    /// Maps memory made by another process. Its descriptor belongs to this value from here on, and is closed on exec.
    ///
    /// - Parameter least: Bytes that it must have.
    /// C: fstat, fcntl with F_GET_SEALS, mmap.
    package init(inheriting file: consuming Descriptor, least: Int) throws(SharedMemoryError) {
        do throws(Errno) {
            let number = file.rawValue
            // Only a memory file can have seals: another one answers EINVAL.
            guard try retryOnInterrupt({ posix_is_sealed(number) }) == 1 else { throw Errno.invalidArgument }
        } catch {
            throw error == .badDescriptor ? .system(error) : .notSealed
        }
        do throws(Errno) {
            let size = try file.size()
            guard size >= least else { throw Errno.noBufferSpace }
            try file.setCloseOnExec(true)
            try self.init(mapping: file, size: size)
        } catch {
            throw error == .noBufferSpace ? .tooSmall(least: least) : .system(error)
        }
    }

    private init(mapping file: consuming Descriptor, size: Int) throws(Errno) {
        let mapped = unsafe mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file.rawValue, 0)
        let error = Errno.current
        guard let mapped = unsafe mapped, unsafe mapped != MAP_FAILED else { throw error }
        unsafe base = mapped
        self.size = size
        descriptor = file
    }

    deinit {
        unsafe munmap(base, size)
    }

    /// The address of the memory, a page's, which lives as long as this value.
    package var address: UnsafeMutableRawPointer { unsafe base }
}

/// Why inherited memory cannot be used.
package enum SharedMemoryError: Error, Equatable {
    case system(Errno)
    /// It is no memory file, or one that another process could cut under our feet.
    case notSealed
    case tooSmall(least: Int)
}

extension SharedMemoryError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .system(let error): "the shared memory cannot be mapped: \(error)"
        case .notSealed: "the descriptor is no sealed memory file"
        case .tooSmall(let least): "the shared memory has fewer than \(least) bytes"
        }
    }
}
