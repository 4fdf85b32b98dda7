private import ImageSwap
internal import Logging
private import Posix

/// The rules of a worker: loaded at its start, exchanged when they change.
///
/// Under a supervisor they come from the file that it has checked, when it says so (SIGHUP); alone, the worker watches
/// the map file itself.
struct WorkerRules {
    let store: RuleStore
    /// Nil in LEGACY mode.
    private let source: MapFileSource?
    private let isSupervised: Bool
    private let metrics: ServiceMetrics
    private let counts: WorkerMetrics
    private let log: Logger
    private var watch: MapFileWatch
    private var failure: MapFileError?
    private var namespaces: WorkerNamespaces?
    /// What the namespaces' rules are laid over; nil where there are none.
    private var base: Base?

    private struct Base {
        let loaded: MapFileSource.Loaded
        let rules: RuleSet
        /// Of the file that was read.
        let status: FileStatus?
    }

    init(
        _ settings: Settings, _ supervision: WorkerOptions.Supervision?, _ metrics: ServiceMetrics,
        _ counts: WorkerMetrics, _ log: Logger
    ) throws(MapFileError) {
        self.metrics = metrics
        self.counts = counts
        self.log = log
        isSupervised = supervision != nil
        switch settings.mode {
        case .legacy(let prefix):
            source = nil
            watch = MapFileWatch(nil)
            store = RuleStore(RuleSet(.legacy(prefix: Array(prefix.utf8))))
        case .maps(let path):
            // The supervisor has told of the faults of what it has checked.
            let quiet = Logger(label: "imageswap") { _ in SwiftLogNoOpLogHandler() }
            let source =
                if let checked = supervision?.rules { MapFileSource(path: checked, isStrict: false, log: quiet) } else {
                    MapFileSource(
                        path: path, isStrict: settings.isStrict, verifies: settings.verification != nil, log: log)
                }
            self.source = source
            let status = try? FileStatus(of: source.path)
            watch = MapFileWatch(status)
            let loaded = try source.load(mayBeEmpty: true)
            store = RuleStore(Self.ruleSet(loaded, source, counts))
            if !isSupervised { metrics.tellOfRules(loaded) }
            namespaces = try WorkerNamespaces(settings, supervision, metrics, log)
            serve(loaded, store.current, status)
        }
    }

    /// Looks whether a map file that nobody else watches has changed, or one may be read by now that could not; the same
    /// of the namespaces' own.
    mutating func look() {
        guard let source else { return }
        let isDue = !isSupervised && watch.isDue(try? FileStatus(of: source.path))
        if isDue || failure?.mayPass == true { load(isNew: isDue) }
        if namespaces?.look() == true { serveNamespaces() }
    }

    /// Loads the rules anew; where the file cannot serve, those in use stay.
    mutating func reload() {
        guard let source else { return }
        // A supervisor publishes each as another file: if it was only the namespaces', the map file needs no second load.
        let areNew = namespaces?.reload() == true
        if areNew { serveNamespaces() }
        if areNew, isSupervised, failure == nil, let status = try? FileStatus(of: source.path),
            status == base?.status
        {
            return
        }
        load(isNew: true)
    }

    private mutating func load(isNew: Bool) {
        guard let source else { return }
        let status = try? FileStatus(of: source.path)
        do throws(MapFileError) {
            let loaded = try source.load(mayBeEmpty: isSupervised)
            serve(loaded, Self.ruleSet(loaded, source, counts), status)
            if !isSupervised { metrics.tellOfRules(loaded) }
            failure = nil
        } catch {
            counts.rulesFailed()
            if !isSupervised, error != failure { metrics.tellOfFailure(error.explanation) }
            // What is tried again and again is told of once.
            if isNew || error != failure { log.error("\(error); the rules in use stay") }
            failure = error
        }
    }

    /// Serves by a map file from here on, with the namespaces' own laid over it.
    private mutating func serve(_ loaded: MapFileSource.Loaded, _ rules: RuleSet, _ status: FileStatus?) {
        guard namespaces != nil else { return store.replace(by: rules) }
        base = Base(loaded: loaded, rules: rules, status: status)
        serveNamespaces()
    }

    private func serveNamespaces() {
        guard let base, let maps = namespaces?.maps else { return }
        let own =
            maps.texts.isEmpty
            ? nil : NamespaceRules(maps, over: base.loaded, generation: base.rules.generation)
        store.replace(
            by: RuleSet(
                base.rules.policy, digest: base.rules.digest, generation: base.rules.generation, namespaces: own))
    }

    private static func ruleSet(
        _ loaded: MapFileSource.Loaded, _ source: MapFileSource, _ counts: WorkerMetrics
    ) -> RuleSet {
        source.announce(loaded)
        let digest = RuleSet.wholeDigest(loaded.text)
        let generation = digest.map {
            counts.rulesLoaded(loaded.rules, digest: $0, invalidLines: loaded.invalidLines)
        }
        return RuleSet(.maps(loaded.rules), digest: digest.map(RuleSet.name) ?? [], generation: generation)
    }
}
