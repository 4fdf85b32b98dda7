// Where a command reads and writes: files, standard input, standard output and standard error.

import ArgumentParser
import Glibc
import Posix

enum Console {
    /// What a command cannot go on without, exit code 66 of sysexits(3).
    static let noInput = ExitCode(EX_NOINPUT)
    static let badData = ExitCode(EX_DATAERR)

    /// All bytes of a file, or of standard input for `-`. Says what is wrong, and throws the exit code.
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        do throws(Errno) {
            if path == "-" { return try Input.standard.readAll(limit: limit) }
            guard let bytes = try FileSystem.readIfPresent(path, limit: limit) else { throw .notFound }
            return bytes
        } catch {
            warn("\(path == "-" ? "standard input" : path): cannot be read: \(error)")
            throw noInput
        }
    }

    /// Writes to standard output. What cannot be written ends the command with exit code 74 of sysexits(3).
    static func write(_ bytes: [UInt8]) throws {
        do {
            try Output.standardOutput.writeAll(bytes)
        } catch {
            warn("standard output: cannot be written: \(error)")
            throw ExitCode(EX_IOERR)
        }
    }

    static func write(_ text: String) throws { try write(Array(text.utf8)) }

    /// Whether standard output shows colours (https://no-color.org).
    static var hasColour: Bool {
        let environment = [String: String].current
        return Output.standardOutput.isTerminal && environment["TERM"] != "dumb"
            && (environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Writes a line to standard error.
    static func warn(_ line: String) { StandardError.write(Array("\(line)\n".utf8)) }
}
