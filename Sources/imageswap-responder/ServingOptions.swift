import ArgumentParser
import Logs
import Responder

/// What a worker needs to know, whoever starts it.
struct ServingOptions: ParsableArguments {
    @Option(help: "How many reviews a worker answers at a time.")
    var threads = 8

    @Option(help: ArgumentHelp("A request that takes longer costs its worker.", valueName: "seconds"))
    var requestTimeout = 2.0

    @Option(help: ArgumentHelp("How long requests in hand may take at the end.", valueName: "seconds"))
    var grace = 25.0

    @Option(help: ArgumentHelp("The longest body that is read.", valueName: "bytes"))
    var maxBody = 32 << 20

    @Option(help: "How lines are logged, to standard error: text or json.")
    var logFormat = LogFormat.text

    func validate() throws {
        guard (1...512).contains(threads) else { throw ValidationError("--threads must be from 1 to 512") }
        guard (0.1...3600).contains(requestTimeout) else {
            throw ValidationError("--request-timeout must be from 0.1 to 3600 seconds")
        }
        guard (0...3600).contains(grace) else { throw ValidationError("--grace must be from 0 to 3600 seconds") }
        guard (1024...(1 << 30)).contains(maxBody) else {
            throw ValidationError("--max-body must be from 1024 to \(1 << 30) bytes")
        }
    }

    var values: WorkerOptions {
        var options = WorkerOptions()
        options.threads = threads
        options.requestTimeout = .seconds(requestTimeout)
        options.grace = .seconds(grace)
        options.longestBody = maxBody
        options.logFormat = logFormat
        return options
    }
}

extension LogFormat: ExpressibleByArgument {}
