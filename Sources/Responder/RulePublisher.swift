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
    /// The file cannot serve as it is now.
    package var isFailing: Bool { failure != nil }
    private var failure: MapFileError?
    /// Rules that were good, and could not be written.
    private var unpublished: MapFileSource.Loaded?

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

    /// What came of a look.
    package enum Look: Sendable {
        case unchanged
        /// There are new rules, which the workers must load.
        case published
        /// The file cannot serve: the rules in use stay.
        case failed
    }

    /// Looks whether there are new rules, and publishes them.
    package mutating func look(isForced: Bool) -> Look {
        let now = MonotonicTime.now
        guard isForced || now - lastLook >= Self.look else { return .unchanged }
        lastLook = now
        let isDue = watch.isDue(try? FileStatus(of: source.path))
        let isNew = isDue || isForced
        guard isNew || failure?.mayPass == true else { return .unchanged }
        do throws(MapFileError) {
            if isNew { unpublished = nil }
            let loaded = if let unpublished { unpublished } else { try source.load(mayBeEmpty: !hasRules) }
            unpublished = loaded
            try publish(loaded)
            unpublished = nil
            failure = nil
            return .published
        } catch {
            // What is tried again and again is told of once.
            if isNew || error != failure { log.error("\(error); the rules in use stay") }
            failure = error
            return .failed
        }
    }

    package func remove() { try? Path.remove(path) }

    private mutating func publish(_ loaded: MapFileSource.Loaded) throws(MapFileError) {
        do {
            try FileSystem.replace(path, with: loaded.text, mode: 0o600)
        } catch {
            throw MapFileError(
                path: source.path, reason: "its checked copy cannot be written: \(path): \(error)", mayPass: true)
        }
        hasRules = !loaded.rules.isEmpty
        source.announce(loaded)
    }
}
