/// How a process of the responder ends (sysexits.h, but for `stuck`).
package enum Exit: Int32, Sendable {
    case ok = 0
    /// A worker that left stuck requests behind.
    case stuck = 3
    /// The socket, the threads or the processes could not be had.
    case unavailable = 69
    /// A setting or the map file is not as it must be.
    case configuration = 78
}
