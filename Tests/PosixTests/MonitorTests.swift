internal import Posix
internal import Testing

@Suite struct MonitorTests {
    @Test func aWaitEndsOnceItsConditionHolds() throws {
        let monitor = Monitor(0)
        let threads = try (0..<4).map { _ in
            try Thread(name: "count", stackSize: 1 << 18) {
                for _ in 0..<1_000 {
                    monitor.withLock { $0 += 1 }
                    monitor.notify()
                }
            }
        }
        let value = monitor.withLock(when: { $0 == 4_000 }, before: nil) { $0 }
        #expect(value == 4_000)
        for thread in threads { thread.join() }
    }

    @Test func aWaitEndsWithItsTime() {
        let monitor = Monitor(false)
        let start = MonotonicTime.now
        #expect(!monitor.withLock(when: { $0 }, before: start + .milliseconds(20)) { $0 })
        #expect(MonotonicTime.now - start >= .milliseconds(20))
        #expect(!monitor.withLock(when: { $0 }, before: start) { $0 })
        #expect(!monitor.withLock(when: { $0 }, before: MonotonicTime(nanoseconds: 0)) { $0 })
    }
}
