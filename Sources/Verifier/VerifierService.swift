internal import Logging
package import Logs
private import Posix

/// The verifier as a program: from its options to its exit code.
package enum VerifierService {
    package struct Options: Sendable {
        package var socket: String
        /// The group that may connect to the socket besides its owner; nil leaves it the process's own.
        package var socketGroup: String?
        package var verifier: Verifier.Options
        package var logFormat = LogFormat.text
        package var logLevel = "info"

        package init(socket: String, verifier: Verifier.Options) {
            self.socket = socket
            self.verifier = verifier
        }
    }

    /// Exit codes: sysexits.h.
    package static let ok: Int32 = 0
    package static let unavailable: Int32 = 69

    private static let signalStack = 64 << 10
    private static let lastLines = Duration.seconds(1)

    /// Serves until SIGTERM or SIGINT; what is in hand is answered then.
    package static func run(_ options: Options) -> Int32 {
        Output.holdStandardDescriptors()
        // It ignores SIGPIPE: clients and registries may close what is written to.
        let sink = LogSink(format: options.logFormat)
        defer { sink.flush(within: lastLines) }
        let level = Logger.Level(rawValue: options.logLevel) ?? .info
        let log = Logger(label: "imageswap-verifier") { _ in LineLogHandler(level: level, sink: sink) }
        do {
            // Blocked before anything starts, so that only the wait below takes them.
            let signals = SignalSet(.terminate, .interrupt)
            signals.block()
            var group: UInt32?
            if let name = options.socketGroup {
                guard let number = Host.group(name) else {
                    log.critical("--socket-group names no group of this machine", metadata: ["group": "\(name)"])
                    return unavailable
                }
                group = number
            }
            let listener = try Listener(path: options.socket, group: group)
            for warning in listener.warnings { log.warning("\(warning)") }
            let stop = try StopEvent()
            _ = try Thread(name: "signals", stackSize: signalStack) {
                _ = signals.wait()
                stop.event.signal()
            }
            try sink.start()
            let server = VerifierServer(
                listener: listener, verifier: Verifier(options.verifier, log: log), stop: stop, log: log)
            log.info("serving", metadata: ["socket": "\(options.socket)", "agent": "\(options.verifier.userAgent)"])
            server.run()
            return ok
        } catch {
            log.critical("\(error)")
            return unavailable
        }
    }
}
