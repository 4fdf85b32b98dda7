private import ImageSwap
package import Logging
internal import Posix

/// Watches the map file, and puts what can serve where the workers read it: a file beside the socket, replaced by
/// rename. So a worker that starts while the map file is broken has the last good rules, and faults are logged once.
package struct RulePublisher {
    /// The checked copy.
    package let path: String
    /// The namespaces' own that were checked, in one file; nil where there is no directory of them.
    package let namespacesPath: String?
    private let source: MapFileSource
    private let metrics: ServiceMetrics?
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
    private var namespaces: NamespaceMapsDirectory?
    private var toldNamespaces: [NamespaceState] = []
    /// The namespaces' rules as they are now could not be written.
    private var namespacesFailure: MapFileError?

    /// How often the file is looked at. A change is read once it has stayed for that long.
    package static let look = Duration.milliseconds(400)

    /// Loads the map file for the first time.
    package init(
        source: MapFileSource, namespaces: NamespaceMapsDirectory? = nil, beside socket: String,
        metrics: ServiceMetrics? = nil, log: Logger
    ) throws(MapFileError) {
        self.source = source
        self.namespaces = namespaces
        self.metrics = metrics
        self.log = log
        path = "\(socket).maps"
        namespacesPath = namespaces == nil ? nil : "\(socket).namespace-maps"
        watch = MapFileWatch(try? FileStatus(of: source.path))
        let loaded = try source.load(mayBeEmpty: true)
        try publish(loaded)
        try publishNamespaces()
        tellOfNamespaces()
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
        let isNew = lookAtNamespaces(isForced: isForced)
        tellOfNamespaces()
        let look = lookAtMapFile(isForced: isForced)
        return isNew ? .published : look
    }

    private mutating func lookAtMapFile(isForced: Bool) -> Look {
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
            if error != failure { metrics?.tellOfFailure(error.explanation) }
            failure = error
            return .failed
        }
    }

    /// Whether there are others, which were published.
    private mutating func lookAtNamespaces(isForced: Bool) -> Bool {
        guard namespaces?.look(isForced: isForced) == true || namespacesFailure != nil else { return false }
        do throws(MapFileError) {
            try publishNamespaces()
            namespacesFailure = nil
            return true
        } catch {
            if error != namespacesFailure { log.error("\(error); the namespaces' rules in use stay") }
            namespacesFailure = error
            return false
        }
    }

    /// How many namespaces have rules of their own, and whether one's cannot serve as they are now; nil where there is no
    /// directory of them.
    package var namespaceState: (count: Int, isFailing: Bool)? {
        namespaces.map { ($0.maps.texts.count, $0.isFailing || namespacesFailure != nil) }
    }

    /// Tells which namespaces these are, if others than the last time.
    private mutating func tellOfNamespaces() {
        guard let metrics, let states = namespaces?.states, states != toldNamespaces else { return }
        metrics.tellOfNamespaces(states)
        toldNamespaces = states
    }

    package func remove() {
        try? Path.remove(path)
        if let namespacesPath { try? Path.remove(namespacesPath) }
    }

    private func publishNamespaces() throws(MapFileError) {
        guard let namespaces, let namespacesPath else { return }
        do {
            try FileSystem.replace(namespacesPath, with: namespaces.maps.bytes, mode: 0o600)
        } catch {
            throw MapFileError(
                subject: NamespaceMapsDirectory.subject, path: namespaces.path,
                reason: "their checked copy cannot be written: \(namespacesPath): \(error)", mayPass: true)
        }
    }

    private mutating func publish(_ loaded: MapFileSource.Loaded) throws(MapFileError) {
        do {
            try FileSystem.replace(path, with: loaded.text, mode: 0o600)
        } catch {
            throw MapFileError(
                path: source.path, reason: "its checked copy cannot be written: \(path): \(error)", mayPass: true)
        }
        hasRules = !loaded.rules.isEmpty
        metrics?.tellOfRules(loaded)
        source.announce(loaded)
    }
}
