/// The result of a system call that answers -1 for an error, made again while a signal handler interrupts it. Not for
/// close(2): on Linux the descriptor is gone then, and a second close might hit another thread's new one.
@inline(__always)
package func retryOnInterrupt<Result: SignedInteger>(_ call: () -> Result) throws(Errno) -> Result {
    while true {
        let result = call()
        if result != -1 { return result }
        let error = Errno.current
        if error != .interrupted { throw error }
    }
}

/// The same for a call that has no result but its success.
@inline(__always)
package func checkOnInterrupt(_ call: () -> Int32) throws(Errno) {
    _ = try retryOnInterrupt(call)
}
