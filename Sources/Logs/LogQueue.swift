internal import Posix

/// Lines that wait to be written, up to a bound.
struct LogQueue: Sendable {
    /// What the writer takes at a time.
    struct Round: Sendable {
        /// Lines that found no room since the last time.
        var dropped: Int
        /// Up to which `flush` is done once this is written.
        var flush: Int
        /// Someone waits for it, or it is the last one: all that is to be told of goes with it.
        var isHurried: Bool
        var isLast: Bool
    }

    /// Whoever has the writer writes: a thread, or without one whoever appends.
    var writer: LogWriter?
    /// Whether the writer lets lines gather before it looks again.
    private(set) var isResting = false
    private(set) var flushed = 0
    private(set) var isEnding = false
    private var flush = 0
    private var lines: [UInt8] = []
    private var dropped = 0
    private let capacity: Int
    /// Bytes that only urgent lines may take.
    private let reserve: Int

    /// Bytes that the buffer of an empty queue keeps.
    private static let keptCapacity = 64 << 10

    init(_ writer: LogWriter, capacity: Int) {
        self.writer = writer
        self.capacity = capacity
        reserve = capacity / 16
    }

    /// Takes a whole line, or drops it. True if the writer is to be told.
    mutating func append(_ line: [UInt8], isUrgent: Bool) -> Bool {
        let before = lines.count
        guard before + line.count <= (isUrgent ? capacity : capacity - reserve) else {
            dropped += 1
            return false
        }
        lines.append(contentsOf: line)
        return isResting ? before <= capacity / 2 && lines.count > capacity / 2 : before == 0
    }

    /// Asks for all lines so far; what `flushed` will reach once they are out.
    mutating func askForFlush() -> Int {
        flush += 1
        return flush
    }

    mutating func askForEnd() { isEnding = true }

    var hasWork: Bool { !lines.isEmpty || dropped > 0 || isInHurry }

    /// Whether the writer's rest is over early.
    var isPressing: Bool { lines.count > capacity / 2 || isInHurry }

    private var isInHurry: Bool { flush > flushed || isEnding }

    /// Gives all lines for a buffer that was written.
    mutating func take(_ written: inout [UInt8]) -> Round {
        written.removeAll(keepingCapacity: written.capacity <= Self.keptCapacity)
        swap(&lines, &written)
        defer { dropped = 0 }
        return Round(dropped: dropped, flush: flush, isHurried: isInHurry, isLast: isEnding)
    }

    /// What became of a round.
    mutating func finish(_ round: Round) {
        flushed = round.flush
        isResting = true
    }

    mutating func endRest() { isResting = false }
}
