internal import Glibc

extension Descriptor {
    /// Opens an existing file to read it. C: open.
    package static func open(_ path: String) throws(Errno) -> Descriptor {
        try open(path, O_RDONLY, 0)
    }

    /// Opens a directory; ENOTDIR if it is none. C: open, O_DIRECTORY.
    package static func openDirectory(_ path: String) throws(Errno) -> Descriptor {
        try open(path, O_RDONLY | O_DIRECTORY, 0)
    }

    /// Makes a file that did not exist, to write it, with `mode` less the umask. C: open, O_CREAT and O_EXCL.
    package static func create(_ path: String, mode: UInt32) throws(Errno) -> Descriptor {
        try open(path, O_WRONLY | O_CREAT | O_EXCL, mode)
    }

    private static func open(_ path: String, _ flags: Int32, _ mode: UInt32) throws(Errno) -> Descriptor {
        Descriptor(owning: try retryOnInterrupt { unsafe Glibc.open(path, flags | O_CLOEXEC, mode) })
    }

    /// Gives the file exactly this mode, whatever the umask. C: fchmod.
    package borrowing func setMode(_ mode: UInt32) throws(Errno) {
        let number = rawValue
        try checkOnInterrupt { fchmod(number, mode) }
    }

    /// The file's length in bytes. C: fstat.
    package borrowing func size() throws(Errno) -> Int {
        var status = stat()
        guard unsafe fstat(rawValue, &status) == 0 else { throw .current }
        return status.st_size
    }
}
