// imageswap-init run: makes the pair and keeps it, and the webhook's registration, right.

import ArgumentParser
import Certificates
import Kubernetes
import Logging
import Posix
import Provisioning

struct Run: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keeps the serving certificate and the webhook configuration right.",
        discussion: """
            With --once it makes the files and ends: for an init container, before nginx runs. Without it stays, looks \
            again at each interval and on SIGHUP, and registers the webhook: for a sidecar.

            IMAGESWAP_TLS_SOURCE says where certificates come from: self-signed (a CA of our own in a Secret; the \
            default), csr (the cluster's certificates.k8s.io API) or provided (a mounted Secret that others keep).

            Exit codes: 0 done, 64 wrong options, 69 the API server is out of reach, 73 cannot write, 77 forbidden, \
            78 wrong configuration.
            """)

    @Flag(help: "Make the files, leave the webhook configuration alone, and end.")
    var once = false

    @Option(help: ArgumentHelp("Where tls.crt, tls.key and ca.crt go, for nginx.", valueName: "dir"))
    var tlsDir = "/tls"

    @Option(help: ArgumentHelp("Where a copy of tls.crt goes, without a key, for the responder.", valueName: "dir"))
    var publicDir: String?

    @Option(help: ArgumentHelp("Where a certificate that others keep is mounted.", valueName: "dir"))
    var providedDir = "/provided"

    @Option(
        help: ArgumentHelp("The time between two looks; a minute at most during a change of CA.", valueName: "time"),
        transform: seconds)
    var interval: Int64 = 3600

    @Option(
        help: ArgumentHelp(
            "How long a new CA stands in the webhook configuration before it signs.", valueName: "time"),
        transform: secondsOrNone)
    var caOverlap: Int64 = 600

    @Option(help: ArgumentHelp("The webhook configuration, with $CA_BUNDLE in it.", valueName: "file"))
    var mwcTemplate = "/mwc/imageswap-mwc.yaml"

    @Option(help: ArgumentHelp("Keep only the caBundle of this webhook configuration right.", valueName: "name"))
    var patchCaOnly: String?

    @Option(
        help: ArgumentHelp(
            "Register only once the webhook answers there, as https://127.0.0.1:8443/readyz.", valueName: "url"))
    var waitReady: String?

    @Option(help: ArgumentHelp("Where metrics go, in Prometheus text.", valueName: "file"))
    var metricsFile: String?

    @Option(help: "The webhook's Service.")
    var service = "imageswap"

    @Option(
        name: .customLong("dns-name"), help: ArgumentHelp("A further name for the certificate.", valueName: "host"),
        transform: hostName)
    var names: [HostName] = []

    @OptionGroup var cluster: ClusterOptions

    func run() throws {
        // What is written takes effect by one rename each: nothing is lost by ending at once.
        Signal.terminate.endProcess()
        Signal.interrupt.endProcess()
        let wakeUp = SignalSet(.hangUp)
        wakeUp.block()

        let log = makeLogger()
        var keeper: Keeper
        do {
            let environment = Environment()
            let registers = try environment.registers() && !once
            let needsServer = try registers || environment.source(providedDir: providedDir).name != "provided"
            let client = needsServer ? try cluster.client() : nil
            let namespace = try cluster.namespace(client: client)
            let identity: ServiceIdentity
            do {
                identity = try ServiceIdentity(service: service, namespace: namespace, added: names)
            } catch {
                throw ProvisioningError.configuration("\(error)")
            }
            keeper = try Keeper(
                options: options(environment, identity: identity), client: client, time: .system, log: log)
        } catch let error as ProvisioningError {
            log.critical("\(error)")
            throw ExitCode(error.exitCode)
        }

        while true {
            let outcome = keeper.look(filesOnly: once)
            if once {
                guard !outcome.isServed, let problem = outcome.problems.first else { return }
                throw ExitCode(problem.exitCode)
            }
            _ = wakeUp.wait(for: .seconds(keeper.options.pause(isChanging: outcome.isChanging)))
        }
    }

    private func options(_ environment: Environment, identity: ServiceIdentity) throws -> KeeperOptions {
        let registration: RegistrationOptions
        let isOurs = try environment.registers()
        if once || !isOurs {
            registration = .none
        } else if let patchCaOnly {
            registration = .authoritiesOnly(name: patchCaOnly)
        } else {
            registration = .template(path: mwcTemplate)
        }
        var options = KeeperOptions(
            source: try environment.source(providedDir: providedDir), identity: identity, registration: registration)
        options.tlsDirectory = tlsDir
        options.publicDirectory = publicDir
        options.metricsFile = metricsFile
        options.certificateLifetime = try environment.certificateLifetime()
        options.overlap = caOverlap
        options.interval = interval
        options.readyURL = waitReady
        return options
    }
}

func seconds(_ text: String) throws -> Int64 {
    guard let span = TimeSpan(text) else { throw ValidationError("write a time as 90s, 10m, 1h or 90d.") }
    return span.seconds
}

private func secondsOrNone(_ text: String) throws -> Int64 {
    ["0", "0s"].contains(text) ? 0 : try seconds(text)
}
