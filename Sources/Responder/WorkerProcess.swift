private import Certificates
private import FastCGI
private import ImageSwap
package import Logging
private import Metrics
internal import Posix

/// What a worker was started with.
package struct WorkerOptions: Equatable, Sendable {
    package var threads = 8
    /// A request that takes longer pins its thread for good: the worker ends, and is replaced.
    package var requestTimeout = Duration.seconds(2)
    /// How long requests in hand may take once the worker is to end.
    package var grace = Duration.seconds(25)
    /// Bytes of a body at most: real ones reach 19 MB.
    package var longestBody = 32 << 20
    package var logFormat = LogFormat.text
    package var supervision: Supervision?

    /// What a supervisor hands to its worker.
    package struct Supervision: Equatable, Sendable {
        /// Its process id: the worker ends with it.
        package let process: Int32
        /// Where `WorkerReport`s go.
        package let report: Int32
        /// The shared metrics, and the worker's slot in them.
        package let metrics: Int32
        package let slot: Int
        /// The map file that the supervisor has checked; nil in LEGACY mode.
        package let rules: String?

        package init(process: Int32, report: Int32, metrics: Int32, slot: Int, rules: String?) {
            self.process = process
            self.report = report
            self.metrics = metrics
            self.slot = slot
            self.rules = rules
        }
    }

    package init() {}
}

/// A worker: threads that answer requests, and this one that watches over them.
///
/// It serves on descriptor 0, FastCGI's own convention, so any FastCGI spawner can start it.
package struct WorkerProcess {
    private let settings: Settings
    private let options: WorkerOptions
    private let log: Logger
    private let logSink: LogSink

    /// How often the watchdog looks, and a worker without a supervisor at its map file.
    private static let look = Duration.milliseconds(250)

    package init(settings: Settings, options: WorkerOptions, log: Logger, logSink: LogSink) {
        self.settings = settings
        self.options = options
        self.log = log
        self.logSink = logSink
    }

    /// Serves until it is told to end, or must.
    package func run() -> Exit {
        let signals = SignalSet(.terminate, .interrupt, .hangUp)
        signals.block()
        Signal.user2.ignore()
        if let supervision = options.supervision {
            ChildProcess.endWithParent(by: .terminate)
            // It may have ended before the line above.
            guard ChildProcess.parent == supervision.process else { return .ok }
        }
        do {
            let metrics = try makeMetrics()
            let counts = metrics.worker(options.supervision?.slot ?? 0)
            counts.begin(threads: options.threads)
            let (rules, watch) = try loadRules(counts)
            let listener = try Listener(inherited: 0)
            return try serve(listener, metrics, RuleStore(rules), watch, signals)
        } catch let error as MapFileError {
            log.critical("\(error)")
            return .configuration
        } catch {
            log.critical("\(error)")
            return .unavailable
        }
    }

    private func makeMetrics() throws -> ServiceMetrics {
        guard let supervision = options.supervision else {
            let metrics = try ServiceMetrics()
            metrics.superviseHere()
            return metrics
        }
        return try ServiceMetrics(inheriting: Descriptor(owning: supervision.metrics))
    }

    // MARK: rules

    private var source: MapFileSource? {
        guard case .maps(let file) = settings.mode else { return nil }
        if let supervised = options.supervision?.rules {
            // What the supervisor has checked, and told of.
            return MapFileSource(
                path: supervised, isStrict: false, log: Logger(label: "") { _ in SwiftLogNoOpLogHandler() })
        }
        return MapFileSource(path: file, isStrict: settings.isStrict, log: log)
    }

    private func loadRules(_ counts: WorkerMetrics) throws(MapFileError) -> (RuleSet, MapFileWatch?) {
        guard case .maps = settings.mode, let source else {
            guard case .legacy(let prefix) = settings.mode else { return (RuleSet(.legacy(prefix: [])), nil) }
            return (RuleSet(.legacy(prefix: Array(prefix.utf8))), nil)
        }
        let status = try? FileStatus(of: source.path)
        let loaded = try source.load(mayBeEmpty: true)
        if options.supervision == nil { source.announce(loaded) }
        return (ruleSet(loaded, counts), MapFileWatch(status))
    }

    private func ruleSet(_ loaded: MapFileSource.Loaded, _ counts: WorkerMetrics) -> RuleSet {
        let digest = SHA256Digest(SHA256.digest(loaded.text))
        let generation = digest.map {
            counts.rulesLoaded(loaded.rules, digest: $0, invalidLines: loaded.invalidLines)
        }
        return RuleSet(.maps(loaded.rules), generation: generation)
    }

    /// Loads the rules anew; those that serve stay where the file cannot.
    private func reload(_ store: RuleStore, _ counts: WorkerMetrics) {
        guard let source else { return }
        do {
            let loaded = try source.load(mayBeEmpty: options.supervision != nil)
            store.replace(by: ruleSet(loaded, counts))
            if options.supervision == nil { source.announce(loaded) }
        } catch {
            counts.rulesFailed()
            log.error("\(error); the rules in use stay")
        }
    }

    // MARK: serving

    private func serve(
        _ listener: Listener, _ metrics: ServiceMetrics, _ store: RuleStore, _ watch: MapFileWatch?, _ signals: SignalSet
    ) throws -> Exit {
        var watch = watch
        let slot = options.supervision?.slot ?? 0
        let counts = metrics.worker(slot)
        let stamps = RequestStamps(threads: options.threads)
        let reporter = options.supervision.map { Reporter(to: $0.report) }
        let context = WorkerContext(
            rules: store, stamps: stamps, disableLabel: settings.disableLabel, metrics: metrics,
            worker: slot,
            podName: try settings.podName ?? Host.name(), log: log, logSink: logSink,
            longestBody: options.longestBody,
            firstAnswer: { reporter?.send(.answered) })
        try logSink.start()
        let server = try Server(listener: listener, threads: options.threads) { WorkerHandler(context) }
        reporter?.send(.ready)
        while true {
            switch signals.wait(for: Self.look) {
            case .terminate?, .interrupt?: return drain(server, stamps)
            case .hangUp?: reload(store, counts)
            default: break
            }
            let stuck = stamps.stuck(at: .now, limit: options.requestTimeout)
            if stuck > 0 {
                log.error(
                    "\(stuck) requests take longer than \(options.requestTimeout): this worker finishes the others and ends"
                )
                return drain(server, stamps)
            }
            if options.supervision == nil, let path = source?.path,
                watch?.isDue(try? FileStatus(of: path)) == true
            {
                reload(store, counts)
            }
        }
    }

    /// Finishes what is in hand; threads that are stuck are left to the end of the process.
    private func drain(_ server: Server, _ stamps: RequestStamps) -> Exit {
        server.drain()
        let deadline = MonotonicTime.now + options.grace
        while server.runningThreads > 0 {
            let now = MonotonicTime.now
            let stuck = stamps.stuck(at: now, limit: options.requestTimeout)
            if stuck >= server.runningThreads || now > deadline { return .stuck }
            _ = SignalSet().wait(for: .milliseconds(1))
        }
        server.join()
        return .ok
    }
}

/// Sends a worker's reports; the pipe is the supervisor's.
private final class Reporter: Sendable {
    private let pipe: Descriptor

    init(to descriptor: Int32) { pipe = Descriptor(owning: descriptor) }

    func send(_ event: WorkerReport.Event) {
        // A supervisor that has died needs no report: this process ends too.
        try? pipe.write(WorkerReport(process: ChildProcess.own, event: event).bytes)
    }
}
