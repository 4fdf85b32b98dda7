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
    static func warn(_ line: String) { StandardError.write(Array("\(line.printable)\n".utf8)) }
}

extension String {
    /// Without characters that a terminal would obey: what comes from files shows as it is, and does nothing.
    var printable: String {
        guard unicodeScalars.contains(where: Self.isControl) else { return self }
        return String(String.UnicodeScalarView(unicodeScalars.map { Self.isControl($0) ? "\u{fffd}" : $0 }))
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 && scalar != "\t" || (0x7f..<0xa0).contains(scalar.value)
    }
}
