internal import Glibc

/// What a path names on disk: calls that take a path, no descriptor.
package enum Path {
    /// Which file a path names, whatever its name: two are equal only if they are one file.
    package struct Identity: Equatable, Sendable {
        package let device: UInt64
        package let inode: UInt64
        package let isSocket: Bool
        /// The permission bits, such as 0o660.
        package let mode: UInt32

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            isSocket = status.st_mode & S_IFMT == S_IFSOCK
            mode = UInt32(status.st_mode & 0o7777)
        }

        package static func == (one: Identity, other: Identity) -> Bool {
            one.device == other.device && one.inode == other.inode
        }
    }

    /// The file at the path, a symbolic link not followed; nil if there is none. C: lstat.
    package static func identity(_ path: String) throws(Errno) -> Identity? {
        var status = stat()
        if unsafe lstat(path, &status) == 0 { return Identity(status) }
        let error = Errno.current
        if error != .notFound { throw error }
        return nil
    }

    /// Sets the permission bits, whatever the umask. C: chmod.
    package static func setMode(_ path: String, _ mode: UInt32) throws(Errno) {
        try checkOnInterrupt { unsafe chmod(path, mode_t(mode)) }
    }

    /// Gives it to a group. C: chown.
    package static func setGroup(_ path: String, _ group: UInt32) throws(Errno) {
        try checkOnInterrupt { unsafe chown(path, uid_t.max, gid_t(group)) }
    }

    /// Takes the name away; the file lives until its last holder closes it. C: unlink.
    package static func remove(_ path: String) throws(Errno) {
        try checkOnInterrupt { unsafe unlink(path) }
    }
}

extension Descriptor {
    /// The open file. C: fstat.
    package borrowing func identity() throws(Errno) -> Path.Identity {
        var status = stat()
        guard unsafe fstat(rawValue, &status) == 0 else { throw .current }
        return Path.Identity(status)
    }
}
