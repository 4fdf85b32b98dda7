import ArgumentParser
import Responder

/// `imageswap-responder health`
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a responder over its socket whether it answers: exit code 0, or 69.")

    @Option(help: ArgumentHelp("The responder's socket.", valueName: "path"))
    var socket: String

    @Flag(help: "Ask whether it takes reviews (/readyz) instead of whether it lives (/healthz).")
    var ready = false

    func run() throws {
        let exit = HealthCheck.run(socket: socket, path: ready ? "/readyz" : "/healthz") { print($0) }
        throw ExitCode(exit.rawValue)
    }
}
