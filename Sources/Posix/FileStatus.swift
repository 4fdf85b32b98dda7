internal import Glibc

/// What changes about a file when it is replaced or written: enough to tell that it must be read again.
package struct FileStatus: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let size: Int64
    private let modified: Int64
    private let changed: Int64
    /// It is a file, no directory, pipe or the like.
    package let isRegular: Bool

    /// Of the file that a path leads to, symbolic links followed. C: stat.
    package init(of path: String) throws(Errno) {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .current }
        isRegular = status.st_mode & S_IFMT == S_IFREG
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changed = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }
}
