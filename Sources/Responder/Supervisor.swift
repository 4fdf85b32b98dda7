package import Logging
package import Posix

/// The master of the worker processes: starts them, replaces what ends, publishes rules, and reads no request itself.
/// php-fpm's process manager is the model.
package struct Supervisor: ~Copyable {
    /// What a shutdown has come to; it only goes forward.
    private enum State: Int, Comparable {
        case running, draining, killing

        static func < (one: State, other: State) -> Bool { one.rawValue < other.rawValue }
    }

    private struct Worker {
        let slot: Int
        /// How many before it, in a row, ended without answering anything.
        let failures: Int
        var isReady = false
        var hasAnswered = false
        /// It was told to end, since another one takes its place.
        var isRetired = false
    }

    private struct Restart {
        let at: MonotonicTime
        let failures: Int
    }

    private let listener: Listener
    private let count: Int
    private let grace: Duration
    private let metrics: ServiceMetrics
    private let log: Logger
    /// Starts a worker in a slot; its process id.
    private let start: (_ slot: Int, _ report: Int32) throws(Errno) -> Int32
    private let reports: UnixPipe
    private var rules: RulePublisher?
    private var certificate: CertificateWatch?
    private var state = State.running
    private var deadline: MonotonicTime?
    private var workers: [Int32: Worker] = [:]
    private var restarts: [Restart] = []
    /// Workers that are still to be replaced, and the one whose successor is starting.
    private var toReplace: [Int32] = []
    private var replacement: (old: Int32, new: Int32, since: MonotonicTime)?

    /// The most time that a worker which dies without having answered anything is left dead.
    private static let longestDelay = Duration.seconds(1)
    private static let firstDelay = Duration.milliseconds(50)
    /// How long a successor may take until it is ready, before a rolling replacement is given up.
    private static let longestStart = Duration.seconds(10)

    package init(
        listener: Listener, workers: Int, grace: Duration, metrics: ServiceMetrics, rules: RulePublisher?,
        certificate: String?, log: Logger,
        start: @escaping (_ slot: Int, _ report: Int32) throws(Errno) -> Int32
    ) throws(Errno) {
        self.listener = listener
        count = workers
        self.grace = grace
        self.metrics = metrics
        self.rules = rules
        self.certificate = certificate.map(CertificateWatch.init)
        self.log = log
        self.start = start
        reports = try UnixPipe()
    }

    /// Runs until all workers have ended after SIGTERM or SIGINT. The signals must be blocked already.
    package mutating func run(_ signals: SignalSet) -> Exit {
        ProgramPages.giveBack()
        tellOfNamespaces()
        restarts = Array(repeating: Restart(at: .now, failures: 0), count: count)
        while state == .running || !workers.isEmpty {
            startWhatIsDue()
            switch signals.wait(for: pause) {
            case .terminate?, .interrupt?, .quit?: end()
            case .hangUp?: reload(isForced: true)
            case .user2?: replaceAll()
            default: break
            }
            takeReports()
            takeEnded()
            step()
        }
        listener.removeFile()
        rules?.remove()
        log.info("ended")
        return .ok
    }

    // MARK: starting

    private mutating func startWhatIsDue() {
        guard state == .running else { return }
        let now = MonotonicTime.now
        for restart in restarts where restart.at <= now { launch(failures: restart.failures) }
        restarts.removeAll { $0.at <= now }
    }

    @discardableResult
    private mutating func launch(failures: Int) -> Int32? {
        let used = Set(workers.values.map(\.slot))
        guard let slot = (0..<count * 2).first(where: { !used.contains($0) }) else { return nil }
        do throws(Errno) {
            let process = try start(slot, reports.writeEnd.rawValue)
            workers[process] = Worker(slot: slot, failures: failures)
            return process
        } catch {
            log.critical("no worker can be started, trying on: \(error)")
            restarts.append(Restart(at: .now + Self.longestDelay, failures: failures + 1))
            return nil
        }
    }

    // MARK: what workers tell

    private mutating func takeReports() {
        while let bytes = try? reports.readEnd.read(atMost: 1000), !bytes.isEmpty {
            for report in WorkerReport.all(in: bytes) {
                switch report.event {
                case .ready:
                    workers[report.process]?.isReady = true
                    // It counts as one that has loaded its rules, which are not the file's just now.
                    if let slot = workers[report.process]?.slot, rules?.isFailing == true {
                        metrics.worker(slot).rulesFailed()
                    }
                case .answered: workers[report.process]?.hasAnswered = true
                }
            }
        }
    }

    private mutating func takeEnded() {
        while let (process, end) = ChildProcess.takeEnded() {
            // Its last report may have come since.
            takeReports()
            guard let worker = workers.removeValue(forKey: process) else { continue }
            toReplace.removeAll { $0 == process }
            metrics.ended(slot: worker.slot)
            if worker.isRetired { metrics.restarted(.replaced) }
            if state > .running || worker.isRetired {
                log.debug("worker \(process) ended: \(end)")
                continue
            }
            if replacement?.new == process {
                log.error(
                    "worker \(process), which was to replace another, ended at its start: \(end); the others stay")
                replacement = nil
                toReplace = []
                continue
            }
            if replacement?.old == process { replacement = nil }
            metrics.restarted(Self.reason(end))
            let failures = worker.hasAnswered ? 0 : worker.failures + 1
            let delay = failures < 2 ? .zero : min(Self.longestDelay, Self.firstDelay * (1 << min(failures - 2, 5)))
            log.error(
                "worker \(process) ended by itself: \(end); another one starts\(delay > .zero ? " in \(delay)" : "")")
            restarts.append(Restart(at: .now + delay, failures: failures))
        }
    }

    private static func reason(_ end: ProcessEnd) -> ServiceMetrics.RestartReason {
        switch end {
        case .exit(Exit.stuck.rawValue): .stuck
        case .exit: .exit
        case .signal: .signal
        }
    }

    // MARK: replacing

    /// Replaces the workers one by one: the successor is ready before the old one is told to end.
    private mutating func replaceAll() {
        guard state == .running else { return }
        log.info("replacing the workers one by one")
        toReplace = workers.keys.filter { $0 != replacement?.old && $0 != replacement?.new }.sorted()
    }

    private mutating func step() {
        if let deadline, MonotonicTime.now > deadline, state == .draining {
            state = .killing
            log.error("\(workers.count) workers did not end within \(grace): they are killed")
            for process in workers.keys { try? Signal.kill.send(to: process) }
        }
        guard state == .running else { return }
        reload(isForced: false)
        if let certificate = certificate?.due(at: .now) {
            metrics.tellOfCertificate(certificate)
            // OpenSSL's, which a certificate needs, and nothing else until the next one.
            ProgramPages.giveBack()
        }
        metrics.sampleIfDue()
        metrics.noteHealth()
        if let (old, new, since) = replacement {
            if workers[new]?.isReady == true {
                workers[old]?.isRetired = true
                try? Signal.terminate.send(to: old)
                replacement = nil
            } else if MonotonicTime.now - since > Self.longestStart {
                log.error("worker \(new) is not ready after \(Self.longestStart): the others stay")
                workers[new]?.isRetired = true
                try? Signal.kill.send(to: new)
                replacement = nil
                toReplace = []
            }
        }
        // The next one once the last one has ended, so that there are never more than one too many.
        guard replacement == nil, !workers.values.contains(where: \.isRetired), let old = toReplace.first else {
            return
        }
        toReplace.removeFirst()
        if let new = launch(failures: 0) { replacement = (old, new, .now) }
    }

    // MARK: rules

    private mutating func reload(isForced: Bool) {
        let look = rules?.look(isForced: isForced)
        tellOfNamespaces()
        switch look {
        case .published?:
            for process in workers.keys { try? Signal.hangUp.send(to: process) }
            ProgramPages.giveBack()
            // Of namespaces alone, while the map file cannot serve.
            if rules?.isFailing == true { tellOfFailure() }
        case .failed?: tellOfFailure()
        case .unchanged?, nil: break
        }
    }

    private func tellOfNamespaces() {
        guard let state = rules?.namespaceState else { return }
        metrics.setNamespaceRules(state.count, isFailing: state.isFailing)
    }

    private func tellOfFailure() {
        for worker in workers.values { metrics.worker(worker.slot).rulesFailed() }
    }

    // MARK: ending

    private mutating func end() {
        guard state == .running else { return }
        state = .draining
        deadline = .now + grace
        restarts = []
        toReplace = []
        replacement = nil
        log.info("ending: requests in hand are finished")
        for process in workers.keys { try? Signal.terminate.send(to: process) }
    }

    /// How long to wait for a signal: short while something is under way that no signal tells of.
    private var pause: Duration {
        if replacement != nil || !toReplace.isEmpty { return .milliseconds(2) }
        let now = MonotonicTime.now
        let due = restarts.map { max(.zero, $0.at - now) }.min() ?? RulePublisher.look
        return state == .running ? min(due, RulePublisher.look) : .milliseconds(20)
    }
}
