import Posix

/// A FastCGI peer that begins a request and never ends its header.
struct HalfHeader: ~Copyable {
    private let connection: Descriptor

    init(on socket: String) throws {
        // The worker that is held up ends, and a write to its connection then is an error, not the end of the tests.
        Signal.pipe.ignore()
        connection = try Self.begin(on: socket)
    }

    private static func begin(on socket: String) throws -> Descriptor {
        let connection = try Descriptor.unixStream()
        guard let address = UnixAddress(path: socket) else { throw Errno.nameTooLong }
        try connection.connect(to: address)
        // BEGIN_REQUEST as a responder, then a record of parameters that announces more than will come.
        try connection.write([1, 1, 0, 1, 0, 8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0])
        try connection.write([1, 4, 0, 1, 0x40, 0, 0, 0, 14])
        return connection
    }

    func drip() throws { try connection.write([0x41]) }
}
