private import Logging
private import FastCGI
private import ImageSwap
private import Posix

/// The responder as a process: from its settings to its exit code.
package struct Service: Sendable {
    /// How the process ends (sysexits.h).
    package enum Exit: Int32, Sendable {
        case ok = 0
        /// The socket or the threads could not be had.
        case unavailable = 69
        /// A setting or the map file is not as it must be.
        case configuration = 78
    }

    /// Bytes of a body at most: real ones reach 19 MB.
    private static let longestBody = 32 << 20
    /// How long the log's last lines may take.
    private static let lastLines = Duration.seconds(1)

    private let settings: Settings
    private let socket: String
    private let threads: Int

    package init(settings: Settings, socket: String, threads: Int) {
        self.settings = settings
        self.socket = socket
        self.threads = threads
    }

    /// Reads the settings and serves until SIGTERM or SIGINT; requests in hand are finished then.
    package static func run(
        environment: [String: String], socket: String, threads: Int, logFormat: LogFormat = .text
    ) -> Exit {
        Output.holdStandardDescriptors()
        let sink = LogSink(format: logFormat)
        defer { sink.flush(within: lastLines) }
        let settings: Settings
        do {
            settings = try Settings(environment: environment)
        } catch {
            Logger(label: "imageswap") { _ in LineLogHandler(level: .info, sink: sink) }.critical("\(error)")
            return .configuration
        }
        return Service(settings: settings, socket: socket, threads: threads).run(sink)
    }

    private func run(_ sink: LogSink) -> Exit {
        let log = Logger(label: "imageswap") { _ in LineLogHandler(level: settings.logLevel, sink: sink) }
        // Blocked before any thread starts, so that this one alone takes them.
        let ending = SignalSet(.terminate, .interrupt)
        ending.block()
        do {
            let policy = try SwapPolicy.load(settings.mode, log)
            let listener = try Listener(path: socket)
            for warning in listener.warnings { log.warning("\(warning)") }
            let context = WorkerContext(
                policy: policy, disableLabel: settings.disableLabel, metrics: try ServiceMetrics(), worker: 0,
                podName: try settings.podName ?? Host.name(), log: log,
                logSink: sink, longestBody: Self.longestBody)
            try sink.start()
            let server = try Server(listener: listener, threads: threads) { WorkerHandler(context) }
            log.info(
                "serving", metadata: ["socket": "\(socket)", "threads": "\(threads)", "version": "\(imageSwapVersion)"])
            let signal = ending.wait()
            log.info("ending: requests in hand are finished", metadata: ["signal": "\(signal.rawValue)"])
            server.drain()
            server.join()
            listener.removeFile()
            return .ok
        } catch let error as MapFileError {
            log.critical("\(error)")
            return .configuration
        } catch {
            log.critical("\(error)")
            return .unavailable
        }
    }
}
