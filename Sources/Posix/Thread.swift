internal import CPosix
internal import Glibc
internal import Synchronization

/// A thread of our own, for work that blocks in C and so must not sit on Swift's cooperative pool.
package final class Thread: Sendable {
    private let handle: Mutex<pthread_t?>

    /// Starts `body` on a new thread.
    ///
    /// - Parameters:
    ///   - name: What ps and gdb show; cut to the 15 bytes that Linux keeps.
    ///   - stackSize: Bytes, rounded up to pages; they cost memory only once touched.
    ///   - blocked: Its signal mask, from its first instruction on, whatever the calling thread's is.
    /// C: pthread_create.
    package init(
        name: String, stackSize: Int, blocking blocked: SignalSet = .deliverable, _ body: @escaping @Sendable () -> Void
    ) throws(Errno) {
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        let size = (max(stackSize, Self.leastStack) + Self.page - 1) / Self.page * Self.page
        let status = unsafe pthread_attr_setstacksize(&attributes, size)
        guard status == 0 else { throw Errno(rawValue: status) }

        // A new thread inherits its maker's mask, so there is no moment in which it could be interrupted.
        let previous = blocked.setMask()
        defer { previous.setMask() }
        var thread = pthread_t()
        let box = unsafe Unmanaged.passRetained(Start(name: name, body: body))
        let code = unsafe pthread_create(&thread, &attributes, threadMain, box.toOpaque())
        guard code == 0 else {
            unsafe box.release()
            throw Errno(rawValue: code)
        }
        handle = Mutex(thread)
    }

    deinit {
        handle.withLock { if let thread = $0.take() { pthread_detach(thread) } }
    }

    /// Waits for its end; returns at once if it was joined before. C: pthread_join.
    package func join() {
        handle.withLock { if let thread = $0.take() { pthread_join(thread, nil) } }
    }

    /// Lets the calling thread rest; a signal handler may end it early. C: poll.
    package static func sleep(milliseconds: Int32) {
        _ = poll(nil, 0, milliseconds)
    }

    /// Enough for the smallest thread under glibc with some thread-local storage: PTHREAD_STACK_MIN is not constant.
    private static let leastStack = 64 * 1024
    private static let page = 4096
}

/// What a new thread is to do.
private final class Start: Sendable {
    private let name: String
    private let body: @Sendable () -> Void

    init(name: String, body: @escaping @Sendable () -> Void) {
        self.name = String(decoding: name.utf8.prefix(15), as: UTF8.self)
        self.body = body
    }

    func run() {
        _ = unsafe posix_thread_name(pthread_self(), name)
        body()
    }
}

private func threadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let argument = unsafe argument else { return nil }
    unsafe Unmanaged<Start>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
