internal import Posix

/// One request, and the way to answer it. It is lent to a `Handler` for one call; what must live longer is copied.
package struct Request: ~Copyable {
    var exchange = Exchange()
    /// The head of an answer, kept for its capacity.
    var head: [UInt8] = []
    var isAnswered = false
    private let ioTimeout: Duration

    init(ioTimeout: Duration) {
        self.ioTimeout = ioTimeout
    }

    /// Takes the request that comes on this connection; false, the connection closed, if there is none for us.
    mutating func begin(_ connection: consuming Descriptor) -> Bool {
        isAnswered = false
        do throws(Errno) {
            // Accepted unix sockets do not inherit the listener's limits.
            try connection.setReceiveTimeout(ioTimeout)
            try connection.setSendTimeout(ioTimeout)
        } catch {
            return false
        }
        guard exchange.begin(connection) else { return false }
        if exchange.isResponder { return true }
        end()
        return false
    }

    /// Ends the answer and closes the connection.
    mutating func end() {
        exchange.end(lingering: ioTimeout)
    }
}
