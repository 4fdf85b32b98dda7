package import Logging
package import Posix

/// Where all lines of a process go: a bounded queue, and a thread that writes it to a descriptor.
///
/// Appending never waits for the reader of the log: what finds no room in the queue is lost, and once there is room
/// again a line says how many lines were. Lines of several processes on one pipe do not mix as long as each is shorter
/// than `Output.atomicSize`.
package final class LogSink: Sendable {
    package let format: LogFormat
    private let queue: Monitor<LogQueue>
    private let rate: LogRate

    /// Bytes that wait to be written; as much again may be with the thread.
    package static let queueCapacity = 1 << 20
    /// Lines below WARNING in a second: what a busy cluster's admissions need many times over, some 0.7 MB.
    package static let linesPerSecond = 2_000
    /// How long a line without a thread to write it may wait for room.
    private static let directWait = Duration.seconds(1)
    /// The thread's stack, bytes.
    private static let stackSize = 256 << 10
    /// How long lines gather after a write: bounds how often the thread is woken.
    private static let rest = Duration.milliseconds(5)
    /// The same after a write that failed.
    private static let restAfterFailure = Duration.milliseconds(100)
    /// How often lines over the rate are told of.
    private static let rateInterval = Duration.seconds(1)

    /// Lines are written by whoever appends them, until `start`. SIGPIPE is ignored in the process from here on.
    package init(
        _ output: Output = .standardError, format: LogFormat, queueCapacity: Int = queueCapacity,
        linesPerSecond: Int = linesPerSecond
    ) {
        Signal.pipe.ignore()
        self.format = format
        queue = Monitor(LogQueue(LogWriter(output, format), capacity: queueCapacity))
        rate = LogRate(limit: linesPerSecond)
    }

    deinit {
        queue.withLock { $0.askForEnd() }
        queue.notify()
    }

    /// Starts the thread; from its return on nobody else writes. Later calls do nothing.
    package func start() throws(Errno) {
        let (queue, rate) = (queue, rate)
        let started = queue.withLock { state in
            Result { () throws(Errno) in
                guard let writer = state.writer else { return }
                _ = try Thread(name: "log", stackSize: Self.stackSize) { Self.write(writer, queue, rate) }
                state.writer = nil
            }
        }
        try started.get()
    }

    /// Whether a line of this level may come now; it is counted if not. Lines at WARNING and above always may.
    package func permits(_ level: Logger.Level, at time: WallTime) -> Bool {
        level >= .warning || rate.permits(second: time.nanoseconds / 1_000_000_000)
    }

    /// Takes a whole line; nothing is waited for once the thread runs.
    package func append(_ line: [UInt8], level: Logger.Level) {
        let wakes = queue.withLock { queue in
            if let lost = queue.writer?.lost {
                // Only the first line waits where there is no room.
                _ = queue.writer?.write(line, before: .now + (lost > 0 ? .zero : Self.directWait))
                return false
            }
            return queue.append(line, isUrgent: level >= .warning)
        }
        if wakes { queue.notify() }
    }

    /// Waits until all lines appended before are written or given up, but no longer than `limit`: whether they are.
    @discardableResult
    package func flush(within limit: Duration) -> Bool {
        let number = queue.withLock { $0.writer == nil ? $0.askForFlush() : 0 }
        queue.notify()
        return queue.withLock(when: { $0.flushed >= number }, before: .now + limit) { $0.flushed >= number }
    }

    // MARK: the thread

    private static func write(_ writer: LogWriter, _ queue: Monitor<LogQueue>, _ rate: LogRate) {
        var writer = writer
        var lines: [UInt8] = []
        /// When lines over the rate are told of next.
        var rateDue: MonotonicTime?
        var isIdle = false
        while true {
            // After any line one look a second later: for what was over the rate, or still is to be told of.
            let limit = isIdle ? nil : MonotonicTime.now + rateInterval
            let round = queue.withLock(when: { $0.hasWork }, before: limit) { $0.take(&lines) }
            var isWritten = writer.write(lines, dropped: round.dropped)
            let excess = rate.untold
            if excess > 0 {
                let now = MonotonicTime.now
                let due = rateDue ?? now + rateInterval
                let isDue = now >= due || round.isHurried
                rateDue = isDue ? nil : due
                if isDue {
                    isWritten = writer.sayExcess(excess) && isWritten
                    if isWritten { rate.told(excess) }
                }
            }
            isIdle = lines.isEmpty && writer.lost == 0 && rate.untold == 0
            queue.withLock { $0.finish(round) }
            queue.notify()
            if round.isLast { return }
            let end = MonotonicTime.now + (isWritten ? rest : restAfterFailure)
            queue.withLock(when: { $0.isPressing }, before: end) { $0.endRest() }
        }
    }
}
