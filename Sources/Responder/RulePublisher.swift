private import ImageSwap
package import Logging
internal import Posix

/// Watches the map file, and puts what can serve where the workers read it: a file beside the socket, replaced by
/// rename. So a worker that starts while the map file is broken has the last good rules, and faults are logged once.
package struct RulePublisher {
    /// The checked copy.
    package let path: String
    private let source: MapFileSource
    private let log: Logger
    private var watch: MapFileWatch
    private var lastLook = MonotonicTime.now
    /// A file without rules does not replace one that has some.
    private var hasRules = false

    /// How often the file is looked at. A change is read once it has stayed for that long.
    package static let look = Duration.milliseconds(400)

    /// Loads the map file for the first time.
    package init(source: MapFileSource, beside socket: String, log: Logger) throws(MapFileError) {
        self.source = source
        self.log = log
        path = "\(socket).maps"
        watch = MapFileWatch(try? FileStatus(of: source.path))
        let loaded = try source.load(mayBeEmpty: true)
        try publish(loaded)
    }

    /// Looks whether there are new rules; whether they were published, and workers must load them.
    package mutating func look(isForced: Bool) -> Bool {
        let now = MonotonicTime.now
        guard isForced || now - lastLook >= Self.look else { return false }
        lastLook = now
        let isDue = watch.isDue(try? FileStatus(of: source.path))
        guard isDue || isForced else { return false }
        do {
            try publish(try source.load(mayBeEmpty: !hasRules))
            return true
        } catch {
            log.error("\(error); the rules in use stay")
            return false
        }
    }

    package func remove() { try? Path.remove(path) }

    private mutating func publish(_ loaded: MapFileSource.Loaded) throws(MapFileError) {
        do {
            try FileSystem.replace(path, with: loaded.text, mode: 0o600)
        } catch {
            throw MapFileError(path: source.path, reason: "its checked copy cannot be written: \(path): \(error)")
        }
        hasRules = !loaded.rules.isEmpty
        source.announce(loaded)
    }
}
