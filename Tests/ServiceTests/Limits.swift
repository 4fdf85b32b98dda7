import Foundation
import Testing

/// What a running process may still have (prlimit(1)).
enum Limits {
    /// - Parameter limit: An option of prlimit's: `--nofile=8:` leaves the hard limit, so that it can be raised again.
    static func set(_ limit: String, of process: Int32) throws {
        let limited = try Program.run("/usr/bin/prlimit", ["--pid", "\(process)", limit])
        try #require(limited.code == 0, "\(limited.output)")
    }

    /// The number of the next descriptor that a process opens.
    static func nextDescriptor(of process: Int32) throws -> Int {
        let open = Set(try FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/fd"))
        return try #require((0...open.count).first { !open.contains("\($0)") })
    }

    /// Bytes of a process's memory, by its name in proc(5)'s `status`: `VmSize` is all that it has mapped, `VmRSS`
    /// what of that is in memory.
    static func memory(_ name: String, of process: Int32) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
        let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("\(name):") })
        return try #require(Int(line.split(whereSeparator: \.isWhitespace)[1])) * 1024
    }
}
