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
        let pairs = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) {
            line.append(logKey: key, ArraySlice("\(value)".utf8))
        }
        if line.count > Self.longest { line.replaceSubrange(Self.longest..., with: " …".utf8) }
        line.append(UInt8(ascii: "\n"))
        StandardError.write(line)
    }
}
