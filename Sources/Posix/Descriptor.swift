internal import Glibc

/// The owner of one open file descriptor, which is closed when the owner goes.
package struct Descriptor: ~Copyable, Sendable {
    /// The number, for a call that borrows the descriptor. It stays valid only as long as its owner.
    package let rawValue: Int32

    /// Takes over an open descriptor, which nothing else may close from here on.
    package init(owning rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        _ = Glibc.close(rawValue)
    }

    /// Closes now and tells what deinit cannot. Not called again after EINTR: the descriptor is gone then, too.
    /// C: close.
    package consuming func close() throws(Errno) {
        let number = rawValue
        discard self
        guard Glibc.close(number) == 0 else {
            let error = Errno.current
            if error != .interrupted { throw error }
            return
        }
    }

    /// Gives the descriptor, still open, to a new owner that is not one of ours.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}
