// Symbolic links, and directories that are listed and taken away.

internal import Glibc

extension FileSystem {
    /// The longest target that is read: PATH_MAX.
    private static let longestTarget = 4096

    /// Puts a symbolic link to `target` at `path`; whoever follows the path meets what was there or the new one:
    /// symlink(2), rename(2). A link that is there already stays.
    package static func replaceLink(_ path: String, to target: String) throws(Errno) {
        if try linkTarget(path) == target { return }
        let temporary = temporaryPath(beside: path)
        guard unsafe symlink(target, temporary) == 0 else { throw Errno.current }
        guard unsafe Glibc.rename(temporary, path) == 0 else {
            let error = Errno.current
            unsafe _ = unlink(temporary)
            throw error
        }
    }

    /// What a symbolic link says; nil if there is none at `path`. C: readlink.
    package static func linkTarget(_ path: String) throws(Errno) -> String? {
        var text = [CChar](repeating: 0, count: longestTarget)
        let count = unsafe readlink(path, &text, text.count)
        let error = Errno.current
        if count >= 0 { return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self) }
        if error.rawValue == ENOENT || error.rawValue == EINVAL { return nil }
        throw error
    }

    /// The names in a directory, without "." and "..". C: opendir, readdir.
    package static func names(in directory: String) throws(Errno) -> [String] {
        guard let stream = unsafe opendir(directory) else { throw Errno.current }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                unsafe pointer.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    /// Takes a file away; nothing happens if there is none. C: unlink.
    package static func remove(_ path: String) throws(Errno) {
        guard unsafe unlink(path) != 0 else { return }
        let error = Errno.current
        if error.rawValue != ENOENT { throw error }
    }

    /// Takes a directory and the files in it away; it must hold no directories. C: unlink, rmdir.
    package static func removeDirectory(_ path: String) throws(Errno) {
        for name in try names(in: path) { try remove("\(path)/\(name)") }
        guard unsafe rmdir(path) == 0 else { throw Errno.current }
    }
}
