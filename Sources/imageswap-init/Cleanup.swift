// imageswap-init cleanup: what was made in a cluster is taken away.

import ArgumentParser
import Posix
import Provisioning

struct Cleanup: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Takes away what imageswap-init made in the cluster, to uninstall ImageSwap.",
        discussion: """
            First the webhook configuration, and nothing before it is gone; then the Secret of the CA \
            (IMAGESWAP_CA_SECRET) if imageswap-init made it, and the CertificateSigningRequests that it made. What is \
            not there is no error. Sidecars that still run make the Secret anew: delete the Deployment once the \
            configuration is gone, and run this again.

            With --pull-secrets it takes away the copies that imageswap-init pull-secrets made, and nothing else; scale \
            its Deployment to 0 first. --secret and IMAGESWAP_PULL_SECRETS say which; without them all that carry its \
            label, which takes the right to list every Secret.

            Exit codes: 0 all is gone, 64 wrong options, 69 the API server is out of reach, 77 forbidden, 78 the Secret \
            is someone else's, or wrong configuration.
            """)

    @Option(help: ArgumentHelp("The webhook configuration.", valueName: "name"))
    var mwcName = "imageswap-webhook"

    @Flag(help: "Leave the webhook configuration to whoever keeps it, as with run --patch-ca-only; take it away first.")
    var keepWebhookConfiguration = false

    @Flag(help: "Take away the copies of pull secrets, and nothing else.")
    var pullSecrets = false

    @Option(
        name: .customLong("secret"), parsing: .upToNextOption,
        help: ArgumentHelp("With --pull-secrets: of these Secrets only.", valueName: "name"))
    var secrets: [String] = []

    @OptionGroup var cluster: ClusterOptions

    func validate() throws {
        guard !mwcName.isEmpty else { throw ValidationError("--mwc-name is empty.") }
        guard pullSecrets || secrets.isEmpty else { throw ValidationError("--secret goes with --pull-secrets.") }
    }

    func run() throws {
        let failures: [ProvisioningError]
        do throws(ProvisioningError) {
            let client = try cluster.client()
            let namespace = try cluster.namespace(client: client)
            if pullSecrets {
                let removal = PullSecretRemoval(
                    client: client, home: namespace, names: try Environment().pullSecrets(secrets, mayBeNone: true))
                failures = removal.run { print($0) }
            } else {
                let uninstallation = Uninstallation(
                    client: client, configuration: keepWebhookConfiguration ? nil : mwcName,
                    secret: Environment().authoritySecret, namespace: namespace)
                failures = uninstallation.run { print($0) }
            }
        } catch {
            failures = [error]
        }
        for failure in failures { StandardError.write(Array("Error: \(failure)\n".utf8)) }
        if let first = failures.first { throw ExitCode(first.exitCode) }
    }
}
