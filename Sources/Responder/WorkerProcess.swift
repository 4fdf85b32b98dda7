private import FastCGI
package import Logging
package import Logs
private import Posix

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

    /// Bytes that a thread's heap keeps: a rare body of many megabytes is not to stay.
    private static let keptHeap = Int32(Request.keptCapacity)

    package init(settings: Settings, options: WorkerOptions, log: Logger, logSink: LogSink) {
        self.settings = settings
        self.options = options
        self.log = log
        self.logSink = logSink
    }

    /// Serves until it is told to end, or must.
    package func run() throws -> Exit {
        let signals = SignalSet(.terminate, .interrupt, .hangUp)
        signals.block()
        Signal.user2.ignore()
        Heap.keep(atMost: Self.keptHeap)
        if let supervision = options.supervision {
            ChildProcess.endWithParent(by: .terminate)
            // It may have ended before the line above.
            guard ChildProcess.parent == supervision.process else { return .ok }
        }
        let metrics = try makeMetrics()
        let slot = options.supervision?.slot ?? 0
        let counts = metrics.worker(slot)
        counts.begin(threads: options.threads)
        let rules = try WorkerRules(settings, options.supervision, metrics, counts, log)
        let listener = try Listener(inherited: 0)
        let reporter = options.supervision.map { Reporter(to: $0.report) }
        let context = WorkerContext(
            rules: rules.store, stamps: RequestStamps(threads: options.threads), reviews: settings.reviews,
            verification: settings.verification, metrics: metrics, worker: slot,
            podName: try settings.podName ?? Host.name(), log: log, logSink: logSink,
            longestBody: options.longestBody, firstAnswer: { reporter?.send(.answered) })
        try logSink.start()
        let server = try Server(listener: listener, threads: options.threads) { WorkerHandler(context) }
        ProgramPages.giveBack()
        reporter?.send(.ready)
        watch(over: context.stamps, rules, signals, supervises: options.supervision == nil ? metrics : nil)
        return drain(server, context.stamps)
    }

    private func makeMetrics() throws -> ServiceMetrics {
        if let supervision = options.supervision {
            return try ServiceMetrics(inheriting: Descriptor(owning: supervision.metrics))
        }
        let metrics = try ServiceMetrics()
        metrics.superviseHere()
        return metrics
    }

    /// Returns once the worker is to end: by a signal, or since a thread is stuck.
    ///
    /// - Parameter metrics: What nobody else samples, since there is no supervisor.
    private func watch(
        over stamps: RequestStamps, _ rules: WorkerRules, _ signals: SignalSet, supervises metrics: ServiceMetrics?
    ) {
        var rules = rules
        var certificate = metrics == nil ? nil : settings.certificate.map(CertificateWatch.init)
        while true {
            if let certificate = certificate?.due(at: .now) { metrics?.tellOfCertificate(certificate) }
            metrics?.sampleIfDue()
            metrics?.noteHealth()
            switch signals.wait(for: Self.look) {
            case .terminate?, .interrupt?: return
            case .hangUp?: rules.reload()
            default: rules.look()
            }
            let stuck = stamps.stuck(at: .now, limit: options.requestTimeout)
            if stuck > 0 {
                let limit = options.requestTimeout
                log.error("\(stuck) requests take longer than \(limit): this worker finishes the others and ends")
                return
            }
        }
    }

    /// Finishes what is in hand; threads that are stuck are left to the end of the process.
    private func drain(_ server: Server, _ stamps: RequestStamps) -> Exit {
        server.drain()
        let deadline = MonotonicTime.now + options.grace
        while true {
            // Before the stuck ones are counted: a thread that ends in between must not make all of the rest.
            let running = server.runningThreads
            guard running > 0 else { break }
            let now = MonotonicTime.now
            let stuck = stamps.stuck(at: now, limit: options.requestTimeout)
            if stuck >= running || now > deadline { return .stuck }
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
