import ArgumentParser
import ImageSwap
import Logs
import Registry
import Verifier

/// `imageswap-verifier [serve]`
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answers on a socket (the default).",
        discussion: "SIGTERM and SIGINT end it once the questions in hand are answered.")

    @Option(help: ArgumentHelp("Where to listen; made with mode 0660. Required.", valueName: "path"))
    var socket: String?

    @Option(help: ArgumentHelp("The group that may connect to the socket, by name or number.", valueName: "group"))
    var socketGroup: String?

    @Option(
        help: ArgumentHelp("Credentials, as docker login writes them; read again when it changes.", valueName: "file"))
    var configFile: String?

    @Option(help: ArgumentHelp("CA files of registries: <dir>/HOST[:PORT]/ca.crt.", valueName: "dir"))
    var hosts: String?

    @Option(help: ArgumentHelp("A registry without TLS. May be repeated.", valueName: "host[:port]"))
    var plainHttp: [String] = []

    @Option(
        help: ArgumentHelp(
            "Another host that gets a registry's credentials for a token. May be repeated.", valueName: "host=realm"))
    var tokenRealm: [String] = []

    @Option(help: ArgumentHelp("Images must be there for these, as linux/amd64,linux/arm64.", valueName: "list"))
    var platforms: String?

    @Option(help: ArgumentHelp("How long an image counts as there. (default: 300)", valueName: "seconds"))
    var presentTime: Double?

    @Option(help: ArgumentHelp("How long one counts as absent. (default: 30)", valueName: "seconds"))
    var absentTime: Double?

    @Option(help: ArgumentHelp("How many images are remembered. (default: 20000)", valueName: "count"))
    var cacheSize: Int?

    @Option(help: ArgumentHelp("How long one look for an image may take. (default: 5)", valueName: "seconds"))
    var timeout: Double?

    @Option(help: ArgumentHelp("Looks at a time at one registry. (default: 16)", valueName: "count"))
    var parallel: Int?

    @Option(
        help: ArgumentHelp("Failures in a row after which a registry is left alone. (default: 5)", valueName: "count"))
    var breakerFailures: Int?

    @Option(help: ArgumentHelp("How long it is. (default: 10)", valueName: "seconds"))
    var breakerTime: Double?

    @Option(help: "How lines are logged, to standard error: text or json.")
    var logFormat: LogFormat?

    @Option(help: "What is logged: debug, info, notice, warning or error. (default: info)")
    var logLevel: String?

    func validate() throws { _ = try options() }

    func run() throws {
        throw ExitCode(VerifierService.run(try options()))
    }

    private func options() throws -> VerifierService.Options {
        let settings = Settings()
        guard let socket = settings.text(socket, "SOCKET") else {
            throw ValidationError("give --socket (IMAGESWAP_VERIFIER_SOCKET)")
        }
        var verifier = Verifier.Options(userAgent: "imageswap-verifier/\(imageSwapVersion)")
        verifier.credentials = settings.text(configFile, "CONFIG_FILE")
        verifier.authorities = settings.text(hosts, "HOSTS")
        verifier.registries = try registries(settings)
        var options = VerifierService.Options(socket: socket, verifier: verifier)
        options.socketGroup = settings.text(socketGroup, "SOCKET_GROUP")
        if let text = settings.text(logFormat?.rawValue, "LOG_FORMAT") {
            guard let format = LogFormat(rawValue: text) else {
                throw ValidationError("\(settings.label("LOG_FORMAT")) must be text or json")
            }
            options.logFormat = format
        }
        if let level = settings.text(logLevel, "LOG_LEVEL") {
            guard ["debug", "info", "notice", "warning", "error"].contains(level) else {
                throw ValidationError("\(settings.label("LOG_LEVEL")) must be debug, info, notice, warning or error")
            }
            options.logLevel = level
        }
        return options
    }

    private func registries(_ settings: Settings) throws -> RegistryOptions {
        var options = RegistryOptions()
        func read(_ name: String, _ add: () throws(RegistryOptions.Problem) -> Void) throws {
            do { try add() } catch { throw ValidationError("\(settings.label(name)): \(error)") }
        }
        for text in settings.list(plainHttp, "PLAIN_HTTP") {
            try read("PLAIN_HTTP") { () throws(RegistryOptions.Problem) in try options.addPlainHost(text) }
        }
        for text in settings.list(tokenRealm, "TOKEN_REALM") {
            try read("TOKEN_REALM") { () throws(RegistryOptions.Problem) in try options.addTokenRealm(text) }
        }
        if let text = settings.text(platforms, "PLATFORMS") {
            try read("PLATFORMS") { () throws(RegistryOptions.Problem) in try options.addPlatforms(text) }
        }
        options.presentLifetime = try settings.seconds(presentTime, "PRESENT_TIME", or: 300, in: 0...86_400)
        options.absentLifetime = try settings.seconds(absentTime, "ABSENT_TIME", or: 30, in: 0...86_400)
        options.cacheCapacity = try settings.number(cacheSize, "CACHE_SIZE", or: 20_000, in: 0...1_000_000)
        options.timeout = try settings.seconds(timeout, "TIMEOUT", or: 5, in: 0.1...60)
        options.parallel = try settings.number(parallel, "PARALLEL", or: 16, in: 1...256)
        options.breakerFailures = try settings.number(breakerFailures, "BREAKER_FAILURES", or: 5, in: 1...1000)
        options.breakerPause = try settings.seconds(breakerTime, "BREAKER_TIME", or: 10, in: 0.1...3600)
        return options
    }
}

extension LogFormat: ExpressibleByArgument {}
