// A file that others own and know: its bytes change, and nothing else of it.

internal import Glibc

extension FileSystem {
    /// Puts other bytes into a file that is there; whoever opens the path meets the old ones or all of the new ones:
    /// rename(2). The file keeps its mode, its owner and its group; of a symbolic link, what it leads to is replaced.
    ///
    /// If anything fails the file is as it was, and nothing is left beside it.
    package static func replaceContents(of path: String, with bytes: [UInt8]) throws(Errno) {
        let path = try resolved(path)
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw .current }
        try exchange(path, with: bytes) { file throws(Errno) in
            var own = stat()
            guard unsafe fstat(file.rawValue, &own) == 0 else { throw .current }
            if own.st_uid != status.st_uid || own.st_gid != status.st_gid {
                guard fchown(file.rawValue, status.st_uid, status.st_gid) == 0 else { throw .current }
            }
            try file.setMode(UInt32(status.st_mode & 0o7777))
        }
    }

    /// A path without symbolic links. C: realpath.
    package static func resolved(_ path: String) throws(Errno) -> String {
        guard let text = unsafe realpath(path, nil) else { throw .current }
        defer { unsafe free(text) }
        return unsafe String(cString: text)
    }
}
