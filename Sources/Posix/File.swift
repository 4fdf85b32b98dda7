// An open file: the one owner of its descriptor.

private import Glibc

/// An open file, closed when its owner ends.
///
/// Each call is tried again when a signal interrupts it, but close(2): on Linux the descriptor is gone either way.
package struct File: ~Copyable {
    private let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit {
        _ = Glibc.close(descriptor)
    }

    /// Opens an existing file to read it: open(2).
    package static func open(_ path: String) throws(Errno) -> File {
        try open(path, flags: O_RDONLY, mode: 0)
    }

    /// Opens a directory; throws ENOTDIR if it is none: open(2) with O_DIRECTORY.
    package static func openDirectory(_ path: String) throws(Errno) -> File {
        try open(path, flags: O_RDONLY | O_DIRECTORY, mode: 0)
    }

    /// Makes a file that did not exist, to write it, with `mode` less the umask: open(2) with O_CREAT and O_EXCL.
    package static func create(_ path: String, mode: UInt32) throws(Errno) -> File {
        try open(path, flags: O_WRONLY | O_CREAT | O_EXCL, mode: mode)
    }

    private static func open(_ path: String, flags: Int32, mode: UInt32) throws(Errno) -> File {
        while true {
            let descriptor = unsafe Glibc.open(path, flags | O_CLOEXEC, mode)
            let error = Errno.current
            if descriptor >= 0 { return File(descriptor: descriptor) }
            guard error.rawValue == EINTR else { throw error }
        }
    }

    /// Reads up to `count` bytes into a new array; empty at the end of the file: read(2).
    package borrowing func read(upTo count: Int) throws(Errno) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = unsafe Glibc.read(descriptor, &bytes, count)
            let error = Errno.current
            if got >= 0 { return Array(bytes.prefix(got)) }
            guard error.rawValue == EINTR else { throw error }
        }
    }

    /// Writes all of `bytes`, in as many calls as it takes: write(2).
    package borrowing func write(_ bytes: [UInt8]) throws(Errno) {
        var offset = 0
        while offset < bytes.count {
            let wrote = unsafe bytes.withUnsafeBytes { buffer in
                unsafe Glibc.write(descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
            }
            let error = Errno.current
            if wrote >= 0 {
                offset += wrote
            } else if error.rawValue != EINTR {
                throw error
            }
        }
    }

    /// Gives the file exactly this mode, whatever the umask is: fchmod(2).
    package borrowing func setMode(_ mode: UInt32) throws(Errno) {
        guard fchmod(descriptor, mode) == 0 else { throw Errno.current }
    }

    /// Closes the file now, and tells what `deinit` could not: that its last bytes were not kept. close(2).
    package consuming func close() throws(Errno) {
        let descriptor = self.descriptor
        discard self
        guard Glibc.close(descriptor) == 0 else { throw Errno.current }
    }
}
