internal import Glibc

/// What the kernel tells of a process, this one or another of the same user: proc(5).
package struct ProcessStatus: Equatable, Sendable {
    /// Whether it ended and its parent has not asked how.
    package let isZombie: Bool
    /// CPU time in clock ticks, user and system, of all its threads.
    package let ticks: UInt64
    /// The same of the children whose end it has waited for, and of theirs.
    package let childrenTicks: UInt64
    /// Clock ticks from the machine's start to its own.
    package let startTicks: UInt64
    /// Bytes of its memory that are in RAM.
    package let residentBytes: UInt64

    /// Clock ticks a second. C: sysconf, _SC_CLK_TCK.
    package static var ticksPerSecond: UInt64 { UInt64(max(1, sysconf(Int32(_SC_CLK_TCK)))) }

    /// The calling process's number. C: getpid.
    package static var ownNumber: Int32 { getpid() }

    /// Reads `/proc/PID/stat`; nil if there is no such process, or the kernel does not tell.
    package init?(of process: Int32) {
        guard let text = Self.read("/proc/\(process)/stat") else { return nil }
        self.init(stat: text)
    }

    /// Reads a line of `/proc/PID/stat`.
    package init?(stat text: String) {
        // The second field is the program's name in parentheses, which may hold anything, parentheses too.
        guard let end = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: end)...].split { $0 == " " || $0 == "\n" }
        func number(_ field: Int) -> UInt64? { field - 3 < fields.count ? UInt64(fields[field - 3]) : nil }
        guard let state = fields.first, let user = number(14), let system = number(15), let start = number(22),
            let pages = number(24)
        else { return nil }
        isZombie = state == "Z" || state == "X"
        ticks = user &+ system
        childrenTicks = (number(16) ?? 0) &+ (number(17) ?? 0)
        startTicks = start
        residentBytes = pages &* UInt64(max(1, sysconf(Int32(_SC_PAGESIZE))))
    }

    /// Seconds from 1970 to the machine's start; nil if the kernel does not tell.
    package static func bootTime() -> UInt64? {
        guard let text = read("/proc/stat") else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("btime ") { return UInt64(line.dropFirst(6)) }
        return nil
    }

    /// How many descriptors the process has open; nil if that is not to be seen. C: opendir, readdir.
    package static func openDescriptors(of process: Int32) -> Int? {
        guard let directory = unsafe opendir("/proc/\(process)/fd") else { return nil }
        defer { unsafe closedir(directory) }
        var count = 0
        while let entry = unsafe readdir(directory) {
            // Not "." and "..".
            if unsafe entry.pointee.d_name.0 != CChar(bitPattern: UInt8(ascii: ".")) { count += 1 }
        }
        // Nor the one that reads them.
        return process == ownNumber ? count - 1 : count
    }

    /// How many it may have open; nil if that is not to be seen, or there is no limit.
    package static func descriptorLimit(of process: Int32) -> Int? {
        guard let text = read("/proc/\(process)/limits") else { return nil }
        let title = "Max open files"
        for line in text.split(separator: "\n") where line.hasPrefix(title) {
            return line.dropFirst(title.count).split(separator: " ").first.flatMap { Int($0) }
        }
        return nil
    }

    private static func read(_ path: String) -> String? {
        // Some of these files grow with the machine's CPUs; none is long.
        guard let bytes = try? FileSystem.readIfPresent(path, limit: 1 << 22) else { return nil }
        return String(decoding: bytes, as: UTF8.self)
    }
}
