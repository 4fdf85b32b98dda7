/// The owner of a listening socket's file and of its lock. When it goes, the file goes, if it is still the one that was
/// made here; then the lock is given up.
struct SocketFile: ~Copyable, Sendable {
    private let path: String
    private let identity: Path.Identity
    private let lock: PathLock

    /// Takes the lock, removes a socket that nobody serves any more, and binds.
    ///
    /// The lock decides between servers of ours: who holds it may replace the socket. One that died left the lock free.
    /// A program that takes no lock is found by connecting to it.
    static func make(
        path: String, mode: UInt32, group: UInt32?, binding socket: borrowing Descriptor
    ) throws(ListenerError) -> SocketFile {
        guard let address = UnixAddress(path: path) else {
            throw path.utf8.count > UnixAddress.pathLimit ? .pathTooLong(path) : .pathInvalid
        }
        let lock = try lock(path)
        try removeStale(address)
        try call("bind", path) { () throws(Errno) in try socket.bind(to: address) }
        let identity = try call("lstat", path) { () throws(Errno) in
            guard let identity = try Path.identity(path) else { throw .notFound }
            return identity
        }
        let file = SocketFile(path: path, identity: identity, lock: lock)
        if let group { try call("chown", path) { () throws(Errno) in try Path.setGroup(path, group) } }
        // Nobody can connect before listen(2), so the mode that the umask left is never in force.
        try call("chmod", path) { () throws(Errno) in try Path.setMode(path, mode) }
        return file
    }

    private init(path: String, identity: Path.Identity, lock: consuming PathLock) {
        self.path = path
        self.identity = identity
        self.lock = lock
    }

    deinit {
        if let found = try? Path.identity(path), found == identity { try? Path.remove(path) }
    }

    private static func lock(_ path: String) throws(ListenerError) -> PathLock {
        do throws(Errno) {
            return try PathLock(path: path + ".lock")
        } catch {
            switch error {
            case .wouldBlock: throw .locked(path)
            case .notFound, .notDirectory: throw .directoryMissing(path)
            default: throw .failed(call: "open", path: path + ".lock", error)
            }
        }
    }

    private static func removeStale(_ address: UnixAddress) throws(ListenerError) {
        let path = address.path
        let found = try call("lstat", path) { () throws(Errno) in try Path.identity(path) }
        guard let found else { return }
        guard found.isSocket else { throw .notSocket(path) }
        // Workers of a supervisor that was killed end by themselves, as soon as their requests are answered.
        let deadline = MonotonicTime.now + longestEnd
        while try call("connect", path, { () throws(Errno) in try answers(address) }) {
            guard MonotonicTime.now < deadline else { throw .served(path) }
            _ = SignalSet().wait(for: .milliseconds(20))
        }
        try call("unlink", path) { () throws(Errno) in try Path.remove(path) }
    }

    private static let longestEnd = Duration.seconds(3)

    private static func answers(_ address: UnixAddress) throws(Errno) -> Bool {
        let probe = try Descriptor.unixStream(nonBlocking: true)
        do throws(Errno) {
            try probe.connect(to: address)
            return true
        } catch {
            switch error {
            case .connectionRefused, .notFound: return false
            // Its queue is full.
            case .wouldBlock: return true
            default: throw error
            }
        }
    }

    private static func call<Result>(
        _ name: String, _ path: String, _ body: () throws(Errno) -> Result
    ) throws(ListenerError) -> Result {
        do throws(Errno) {
            return try body()
        } catch {
            throw .failed(call: name, path: path, error)
        }
    }
}
