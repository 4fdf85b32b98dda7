import ArgumentParser
import Posix
import Responder

/// `imageswap-responder [serve]`
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Supervises worker processes on a socket (the default).",
        discussion: """
            SIGTERM and SIGINT end it once the requests in hand are answered; SIGHUP loads the rules anew; SIGUSR2 \
            replaces the workers one by one, losing nothing.
            """)

    @Option(help: ArgumentHelp("Where to listen; made with mode 0660.", valueName: "path"))
    var socket: String

    @Option(help: ArgumentHelp("The group that may connect to the socket, by name or number.", valueName: "group"))
    var socketGroup: String?

    @Option(help: "Worker processes. (default: the CPUs granted, at least 2)")
    var workers: Int?

    @OptionGroup var serving: ServingOptions

    func validate() throws {
        guard !socket.isEmpty else { throw ValidationError("--socket must be a path") }
        guard (1...256).contains(workers ?? 1) else { throw ValidationError("--workers must be from 1 to 256") }
    }

    func run() throws {
        let options = Service.Options(
            socket: socket, socketGroup: socketGroup, workers: workers, worker: serving.values)
        let exit = Service.run(environment: .current, options: options) { Worker.command($0) }
        throw ExitCode(exit.rawValue)
    }
}
