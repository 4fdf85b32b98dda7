// Whole files and directories by their path: read, replaced as a whole, made.

internal import Glibc

/// What the programs do with files by their path. Each function throws the error number of the call that failed.
package enum FileSystem {
    /// How many bytes one read(2) asks for.
    private static let readSize = 16 * 1024

    /// All bytes of a file; nil if there is no such file. Throws EFBIG if it holds more than `limit` bytes.
    package static func readIfPresent(_ path: String, limit: Int) throws(Errno) -> [UInt8]? {
        let file: Descriptor
        do throws(Errno) {
            file = try Descriptor.open(path)
        } catch Errno(rawValue: ENOENT) {
            return nil
        }
        var bytes: [UInt8] = []
        while true {
            let more = try file.read(atMost: readSize)
            if more.isEmpty { return bytes }
            bytes += more
            if bytes.count > limit { throw Errno(rawValue: EFBIG) }
        }
    }

    /// Puts a file with these bytes and this mode at `path`; whoever opens the path meets the old file or the whole
    /// new one: rename(2).
    ///
    /// The bytes are first written under a temporary name in the same directory, which is removed if anything fails.
    /// Its random part keeps a file left by a killed process, or made by another one, from being in the way.
    package static func replace(_ path: String, with bytes: [UInt8], mode: UInt32) throws(Errno) {
        try exchange(path, with: bytes) { file throws(Errno) in try file.setMode(mode) }
    }

    /// Puts a new file at `path`. `prepare` gives it its mode and owner, before it has any bytes; until then nobody else
    /// may open it.
    static func exchange(
        _ path: String, with bytes: [UInt8], prepare: (borrowing Descriptor) throws(Errno) -> Void
    ) throws(Errno) {
        let temporary = temporaryPath(beside: path)
        let file = try Descriptor.create(temporary, mode: 0o600)
        do throws(Errno) {
            try prepare(file)
            try file.write(bytes)
            try file.close()
            try rename(temporary, to: path)
        } catch {
            unsafe _ = unlink(temporary)
            throw error
        }
    }

    /// A name that nothing has yet, in the same directory.
    static func temporaryPath(beside path: String) -> String {
        "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
    }

    /// Makes a directory, and those above it that are missing, with exactly this mode: mkdir(2), chmod(2).
    ///
    /// A directory that is there stays as it is. Throws ENOTDIR if something else is there.
    package static func makeDirectory(_ path: String, mode: UInt32) throws(Errno) {
        do throws(Errno) {
            try makeOneDirectory(path, mode: mode)
        } catch Errno(rawValue: ENOENT) {
            guard let parent = parent(of: path) else { throw Errno(rawValue: ENOENT) }
            try makeDirectory(parent, mode: mode)
            try makeOneDirectory(path, mode: mode)
        }
    }

    private static func makeOneDirectory(_ path: String, mode: UInt32) throws(Errno) {
        let made = unsafe mkdir(path, mode)
        let error = Errno.current
        if made == 0 {
            guard unsafe chmod(path, mode) == 0 else { throw Errno.current }
        } else if error.rawValue == EEXIST {
            try Descriptor.openDirectory(path).close()
        } else {
            throw error
        }
    }

    private static func rename(_ old: String, to new: String) throws(Errno) {
        guard unsafe Glibc.rename(old, new) == 0 else { throw Errno.current }
    }

    /// The path up to its last component; nil if it has but one.
    private static func parent(of path: String) -> String? {
        let parts = path.split(separator: "/")
        guard parts.count > 1 else { return nil }
        return (path.hasPrefix("/") ? "/" : "") + parts.dropLast().joined(separator: "/")
    }
}
