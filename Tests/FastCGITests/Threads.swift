internal import Glibc
internal import Posix
internal import Synchronization

/// Tells another thread to stop.
final class WakeFlag: Sendable {
    private let flag = Atomic(false)

    var isSet: Bool { flag.load(ordering: .relaxed) }

    func set() { flag.store(true, ordering: .relaxed) }

    func pause(milliseconds: UInt32) { usleep(milliseconds * 1000) }
}

/// Runs `body` on so many threads, and `meanwhile` on this one; all have ended when it returns.
func withThreads(
    _ count: Int, _ body: @escaping @Sendable (Int) -> Void, during meanwhile: () throws -> Void = {}
) throws {
    let threads = try (0..<count).map { number in
        try Thread(name: "client-\(number)", stackSize: 1 << 18) { body(number) }
    }
    defer { for thread in threads { thread.join() } }
    try meanwhile()
}
