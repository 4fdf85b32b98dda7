private import Admission
private import Logging
private import FastCGI
private import ImageSwap
private import Logs
private import Posix

/// The responder as a program: from its settings and options to its exit code.
package struct Service: Sendable {
    package struct Options: Equatable, Sendable {
        package var socket: String
        /// The group that may connect to the socket besides its owner; nil leaves it the process's own.
        package var socketGroup: String?
        package var workers: Int
        package var worker: WorkerOptions

        package init(socket: String, socketGroup: String? = nil, workers: Int? = nil, worker: WorkerOptions) {
            self.socket = socket
            self.socketGroup = socketGroup
            self.workers = workers ?? max(2, Host.grantedCPUs())
            self.worker = worker
        }
    }

    /// Supervises workers until SIGTERM or SIGINT; requests in hand are finished then.
    package static func run(
        environment: [String: String], options: Options, command: @escaping (WorkerOptions) -> [String]
    ) -> Exit {
        withSettings(environment, options.worker.logFormat) { settings, log, sink in
            // Blocked before anything starts, so that only the supervisor's own wait takes them.
            let signals = SignalSet(.terminate, .interrupt, .quit, .hangUp, .user2, .child)
            signals.block()
            if settings.reviews.isTrial { log.warning("IMAGESWAP_AUDIT is set: nothing is patched") }
            let listener = try Listener(path: options.socket, group: try group(options.socketGroup))
            for warning in listener.warnings { log.warning("\(warning)") }
            let metrics = try ServiceMetrics(workers: options.workers)
            metrics.superviseHere(workers: options.workers)
            let rules = try publisher(settings, beside: options.socket, metrics, log)
            let (published, namespaces) = (rules?.path, rules?.namespacesPath)
            var supervisor = try Supervisor(
                listener: listener, workers: options.workers, grace: options.worker.grace, metrics: metrics,
                rules: rules, certificate: settings.certificate, log: log
            ) { (slot, report) throws(Errno) in
                var worker = options.worker
                // Their numbers in the worker: see the descriptors below.
                worker.supervision = WorkerOptions.Supervision(
                    process: ChildProcess.own, report: 3, metrics: 4, slot: slot, rules: published,
                    namespaceRules: namespaces)
                return try ChildProcess.start(
                    ChildProcess.ownProgram, command(worker), environment: environment,
                    descriptors: [listener.descriptor.rawValue, 1, 2, report, metrics.descriptorNumber])
            }
            try sink.start()
            log.info(
                "serving",
                metadata: [
                    "socket": "\(options.socket)", "workers": "\(options.workers)",
                    "threads": "\(options.worker.threads)", "version": "\(imageSwapVersion)",
                ])
            return supervisor.run(signals)
        }
    }

    /// Serves as one worker, on descriptor 0.
    package static func runWorker(environment: [String: String], options: WorkerOptions) -> Exit {
        withSettings(environment, options.logFormat) { settings, log, sink in
            try WorkerProcess(settings: settings, options: options, log: log, logSink: sink).run()
        }
    }

    private static func group(_ name: String?) throws(SettingError) -> UInt32? {
        guard let name else { return nil }
        guard let number = Host.group(name) else {
            throw SettingError(name: "--socket-group", value: name, allowed: "a group of this machine, or a number")
        }
        return number
    }

    private static func publisher(
        _ settings: Settings, beside socket: String, _ metrics: ServiceMetrics, _ log: Logger
    ) throws(MapFileError) -> RulePublisher? {
        switch settings.mode {
        case .legacy(let prefix):
            if prefix.isEmpty { log.warning("IMAGE_PREFIX is empty: no image is swapped") }
            return nil
        case .maps(let path):
            let source = MapFileSource(
                path: path, isStrict: settings.isStrict, verifies: settings.verification != nil, log: log)
            let namespaces: NamespaceMapsDirectory? =
                if let path = settings.namespaceMaps {
                    try NamespaceMapsDirectory(path: path, isStrict: settings.isStrict, log: log)
                } else { nil }
            return try RulePublisher(
                source: source, namespaces: namespaces, beside: socket, metrics: metrics, log: log)
        }
    }

    /// How long the log's last lines may take.
    private static let lastLines = Duration.seconds(1)

    private static func withSettings(
        _ environment: [String: String], _ format: LogFormat, _ body: (Settings, Logger, LogSink) throws -> Exit
    ) -> Exit {
        Output.holdStandardDescriptors()
        let sink = LogSink(format: format)
        defer { sink.flush(within: lastLines) }
        let settings: Settings
        do {
            settings = try Settings(environment: environment)
        } catch {
            Logger(label: "imageswap") { _ in LineLogHandler(level: .info, sink: sink) }.critical("\(error)")
            return .configuration
        }
        let log = Logger(label: "imageswap") { _ in LineLogHandler(level: settings.logLevel, sink: sink) }
        do {
            return try body(settings, log, sink)
        } catch let error as MapFileError {
            log.critical("\(error)")
            return .configuration
        } catch let error as SettingError {
            log.critical("\(error)")
            return .configuration
        } catch {
            log.critical("\(error)")
            return .unavailable
        }
    }
}
