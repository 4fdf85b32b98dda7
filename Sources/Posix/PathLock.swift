internal import CPosix
internal import Glibc

/// An exclusive lock on a path, for as long as this owner lives; the kernel gives it up when the process dies.
///
/// The lock file is never removed by its holder. Were it, a second process might wait on the removed file, a third make
/// a new one, and both would hold "the" lock. In case somebody else removes it (a cleaner of temporary folders), a lock
/// counts only if the path still names the locked file.
package struct PathLock: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Takes the lock or throws at once: EAGAIN if another holds it. C: open, flock.
    package init(path: String, mode: UInt32 = 0o600) throws(Errno) {
        while true {
            let number = try retryOnInterrupt {
                unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_t(mode))
            }
            let opened = Descriptor(owning: number)
            try checkOnInterrupt { flock(number, LOCK_EX | LOCK_NB) }
            let locked = try opened.identity()
            // If it was removed between open and flock, make it anew.
            if try Path.identity(path) == locked {
                descriptor = opened
                return
            }
        }
    }
}
