package import Logging
private import Posix

/// Logs lines to standard error: time, level, message, `key=value` pairs; each in one write, control characters
/// escaped.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]

    /// Bytes of a line at most: what is longer is cut.
    private static let longest = 16 << 10

    package init(level: Logger.Level) { logLevel = level }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line: [UInt8] = []
        line.append(contentsOf: WallTime.now.rfc3339.utf8)
        line.append(UInt8(ascii: " "))
        line.append(contentsOf: event.level.rawValue.uppercased().utf8)
        line.append(UInt8(ascii: " "))
        line.append(logText: "\(event.message)")
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }).sorted(by: { $0.key < $1.key }) {
            line.append(contentsOf: " \(key)=".utf8)
            line.append(logValue: "\(value)")
        }
        if line.count > Self.longest { line.replaceSubrange(Self.longest..., with: " …".utf8) }
        line.append(UInt8(ascii: "\n"))
        StandardError.write(line)
    }
}

extension [UInt8] {
    /// Appends a text so that it stays on its line and does nothing to a terminal: control characters (C0, DEL, C1) and
    /// line separators as `\u{…}`.
    package mutating func append(logText text: String) {
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0..<0x20, 0x7f..<0xa0, 0x2028, 0x2029, 0x202a...0x202e, 0x2066...0x2069:
                append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".utf8)
            default:
                append(contentsOf: String(scalar).utf8)
            }
        }
    }

    /// Appends a value: in quotes where it could be taken for more than one.
    package mutating func append(logValue text: String) {
        guard text.isEmpty || text.utf8.contains(where: { $0 == 0x20 || $0 == 0x22 || $0 == 0x3d }) else {
            return append(logText: text)
        }
        append(UInt8(ascii: "\""))
        append(logText: text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\""))
        append(UInt8(ascii: "\""))
    }
}
