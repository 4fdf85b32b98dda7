import ArgumentParser
import Posix
import Verifier

/// `imageswap-verifier health`
struct HealthCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Asks a verifier over its socket whether it answers: exit code 0, or 69.")

    @Option(help: ArgumentHelp("The verifier's socket.", valueName: "path"))
    var socket: String

    @Flag(help: "Print its metrics.")
    var metrics = false

    func run() throws {
        do {
            let text = try VerifierHealth.metrics(socket: socket)
            print(metrics ? text : "ok", terminator: metrics ? "" : "\n")
        } catch {
            StandardError.write(Array("imageswap-verifier: \(socket): \(error)\n".utf8))
            throw ExitCode(VerifierService.unavailable)
        }
    }
}
