internal import Glibc

extension FileSystem {
    package enum Kind: Sendable {
        case file, directory, other
    }

    /// What a path leads to, symbolic links followed. C: stat.
    package static func kind(of path: String) throws(Errno) -> Kind {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .current }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return .file
        case S_IFDIR: return .directory
        default: return .other
        }
    }

    /// Whether a path is a symbolic link. C: lstat.
    package static func isLink(_ path: String) throws(Errno) -> Bool {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { throw .current }
        return status.st_mode & S_IFMT == S_IFLNK
    }
}
