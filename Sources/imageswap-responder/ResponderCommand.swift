import ArgumentParser
import ImageSwap
import Posix
import Responder

/// `imageswap-responder`: options to values to `Service.run`, nothing else.
@main
struct ResponderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap-responder",
        abstract: "Answers Kubernetes admission reviews that nginx hands over by FastCGI.",
        discussion: """
            Settings come from the environment: IMAGESWAP_MODE (MAPS or LEGACY), IMAGESWAP_MAPS_FILE, IMAGE_PREFIX, \
            IMAGESWAP_DISABLE_LABEL, IMAGESWAP_LOG_LEVEL, IMAGESWAP_POD_NAME, IMAGESWAP_NAMESPACE_NAME.
            Exit codes: 0 after SIGTERM or SIGINT, 64 for usage, 69 when the socket cannot be had, 78 for a setting \
            or a map file that is wrong.
            """,
        version: imageSwapVersion)

    @Option(help: ArgumentHelp("Where to listen; made with mode 0660.", valueName: "path"))
    var socket: String

    @Option(help: "How many reviews are answered at a time.")
    var threads = 8

    func validate() throws {
        guard (1...512).contains(threads) else { throw ValidationError("--threads must be from 1 to 512") }
        guard !socket.isEmpty else { throw ValidationError("--socket must be a path") }
    }

    func run() throws {
        let exit = Service.run(environment: .current, socket: socket, threads: threads)
        throw ExitCode(exit.rawValue)
    }
}
