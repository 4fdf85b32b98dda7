package import Logging
private import Posix

/// swift-log's lines, in the sink's form: time, level, message and fields in the order of their names.
package struct LineLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    private let sink: LogSink

    /// Bytes of a field's value at most: a path with a reason.
    private static let longestValue = 8 << 10
    /// What a line has anyway.
    private static let ownNames: Set = ["time", "level", "message"]

    package init(level: Logger.Level, sink: LogSink) {
        logLevel = level
        self.sink = sink
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        let now = WallTime.now
        guard sink.permits(event.level, at: now) else { return }
        var line = LogLine(sink.format)
        line.begin(event.level, "\(event.message)", at: now)
        var fields = metadata.merging(event.metadata ?? [:]) { $1 }
        if let error = event.error { fields["error"] = "\(error)" }
        for (name, value) in fields.sorted(by: { $0.key < $1.key }) {
            line.add(
                name: Self.ownNames.contains(name) ? "\(name)_" : name, "\(value)", upTo: Self.longestValue)
        }
        line.end()
        sink.append(line.bytes, level: event.level)
    }
}
