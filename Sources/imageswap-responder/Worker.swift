import ArgumentParser
import Logs
import Posix
import Responder

/// `imageswap-responder worker`: what the supervisor starts, and what any FastCGI spawner can start.
struct Worker: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serves alone on descriptor 0, as a FastCGI spawner hands it over (spawn-fcgi, say).")

    @OptionGroup var serving: ServingOptions

    @Option(help: .hidden) var supervisor: Int32?
    @Option(help: .hidden) var report: Int32?
    @Option(help: .hidden) var metrics: Int32?
    @Option(help: .hidden) var slot: Int?
    @Option(help: .hidden) var rules: String?
    @Option(help: .hidden) var namespaceRules: String?

    func run() throws {
        var options = serving.values
        if let supervisor, let report, let metrics, let slot {
            options.supervision = WorkerOptions.Supervision(
                process: supervisor, report: report, metrics: metrics, slot: slot, rules: rules,
                namespaceRules: namespaceRules)
        }
        throw ExitCode(Service.runWorker(environment: .current, options: options).rawValue)
    }

    /// The command line of a worker with these options.
    static func command(_ options: WorkerOptions) -> [String] {
        var command = [
            "imageswap-responder", "worker", "--threads", "\(options.threads)",
            "--request-timeout", "\(options.requestTimeout / .seconds(1))",
            "--grace", "\(options.grace / .seconds(1))", "--max-body", "\(options.longestBody)",
            "--log-format", options.logFormat.rawValue,
        ]
        if let supervision = options.supervision {
            command += [
                "--supervisor", "\(supervision.process)", "--report", "\(supervision.report)",
                "--metrics", "\(supervision.metrics)", "--slot", "\(supervision.slot)",
            ]
            if let rules = supervision.rules { command += ["--rules", rules] }
            if let rules = supervision.namespaceRules { command += ["--namespace-rules", rules] }
        }
        return command
    }
}
