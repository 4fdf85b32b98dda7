internal import Glibc
internal import Posix
internal import Synchronization
internal import Testing

@Suite struct ThreadTests {
    @Test func joinWaitsForTheEnd() throws {
        let count = Atomic(0)
        let event = try WakeEvent()
        let threads = try (0..<8).map { number in
            try Thread(name: "worker-with-a-long-name-\(number)", stackSize: 1) {
                _ = try? event.descriptor.waitReadable(milliseconds: -1)
                count.add(1, ordering: .relaxed)
            }
        }
        #expect(count.load(ordering: .relaxed) == 0)
        event.signal()
        for thread in threads { thread.join() }
        #expect(count.load(ordering: .relaxed) == 8)
        threads[0].join()
    }

    /// Without a join the closure still runs to its end.
    @Test func forgottenThreadRuns() throws {
        let event = try WakeEvent()
        let done = try Owner(event.descriptor.duplicate())
        do { _ = try Thread(name: "forgotten", stackSize: 1 << 16) { event.signal() } }
        #expect(try done.descriptor.waitReadable(milliseconds: -1))
    }

    @Test func nameIsShownCut() throws {
        let name = Monitor("")
        let thread = try Thread(name: "fastcgi-123456789", stackSize: 1 << 16) {
            let number = unsafe open("/proc/thread-self/comm", O_RDONLY | O_CLOEXEC)
            let bytes = (try? Descriptor(owning: number).read(atMost: 32)) ?? []
            name.withLock { $0 = String(decoding: bytes, as: UTF8.self) }
        }
        thread.join()
        #expect(name.withLock { $0 } == "fastcgi-1234567\n")
    }

    @Test func stackIsAsLargeAsAsked() throws {
        let depth = Atomic(0)
        // More than the 8 MiB that threads have by default; with room for the larger frames of an address sanitizer.
        let thread = try Thread(name: "deep", stackSize: 96 << 20) {
            depth.store(descend(9 << 20), ordering: .relaxed)
        }
        thread.join()
        #expect(depth.load(ordering: .relaxed) > 0)
    }

    @Test func signalsAreBlockedThereAndNotHere() throws {
        let mask = Monitor<[Int32]>([])
        let before = blocked()
        let thread = try Thread(name: "masked", stackSize: 1 << 18) { mask.withLock { $0 = blocked() } }
        thread.join()
        let seen = mask.withLock { $0 }
        for signal in [SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGPIPE, SIGCHLD] { #expect(seen.contains(signal)) }
        for signal in [SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT, SIGTRAP] { #expect(!seen.contains(signal)) }
        #expect(blocked() == before)
    }

    /// A blocked signal waits, is taken once, and the handlers in force are untouched by `keepingHandlers`.
    @Test func blockedSignalsAreWaitedFor() async {
        await #expect(processExitsWith: .success) {
            let set = SignalSet(.terminate, .user1)
            let thread = try Thread(name: "waiter", stackSize: 1 << 18) {
                set.block()
                #expect(set.wait(for: .milliseconds(1)) == nil)
                pthread_kill(pthread_self(), SIGUSR1)
                #expect(set.wait() == .user1)
                pthread_kill(pthread_self(), SIGTERM)
                #expect(set.wait(for: .seconds(20)) == .terminate)
                #expect(set.wait(for: .zero) == nil)
            }
            thread.join()
            Signal.user1.ignore()
            Signal.keepingHandlers(of: [.user1]) { _ = signal(SIGUSR1, SIG_DFL) }
            try Signal.user1.send(to: getpid())
        }
    }
}

/// The calling thread's mask.
private func blocked() -> [Int32] {
    var set = sigset_t()
    unsafe pthread_sigmask(SIG_BLOCK, nil, &set)
    return (1...31).filter { unsafe sigismember(&set, $0) == 1 }
}

/// Takes about so many bytes of stack.
@inline(never)
private func descend(_ bytes: Int) -> Int {
    if bytes <= 0 { return 1 }
    return unsafe withUnsafeTemporaryAllocation(byteCount: 1000, alignment: 8) { space in
        unsafe space[bytes % 1000] = 1
        return unsafe descend(bytes - 1000) + Int(space[bytes % 1000])
    }
}
