private import Certificates
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
    private let counts: WorkerMetrics
    private let log: Logger
    private var watch: MapFileWatch
    private var failure: MapFileError?

    init(
        _ settings: Settings, _ supervision: WorkerOptions.Supervision?, _ counts: WorkerMetrics, _ log: Logger
    ) throws(MapFileError) {
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
                    MapFileSource(path: path, isStrict: settings.isStrict, log: log)
                }
            self.source = source
            watch = MapFileWatch(try? FileStatus(of: source.path))
            store = RuleStore(Self.ruleSet(try source.load(mayBeEmpty: true), source, counts))
        }
    }

    /// Looks whether a map file that nobody else watches has changed, or one may be read by now that could not.
    mutating func look() {
        guard let source else { return }
        let isDue = !isSupervised && watch.isDue(try? FileStatus(of: source.path))
        if isDue || failure?.mayPass == true { load(isNew: isDue) }
    }

    /// Loads the rules anew; where the file cannot serve, those in use stay.
    mutating func reload() { load(isNew: true) }

    private mutating func load(isNew: Bool) {
        guard let source else { return }
        do throws(MapFileError) {
            store.replace(by: Self.ruleSet(try source.load(mayBeEmpty: isSupervised), source, counts))
            failure = nil
        } catch {
            counts.rulesFailed()
            // What is tried again and again is told of once.
            if isNew || error != failure { log.error("\(error); the rules in use stay") }
            failure = error
        }
    }

    private static func ruleSet(
        _ loaded: MapFileSource.Loaded, _ source: MapFileSource, _ counts: WorkerMetrics
    ) -> RuleSet {
        source.announce(loaded)
        let digest = SHA256Digest(SHA256.digest(loaded.text))
        let generation = digest.map {
            counts.rulesLoaded(loaded.rules, digest: $0, invalidLines: loaded.invalidLines)
        }
        return RuleSet(.maps(loaded.rules), generation: generation)
    }
}
