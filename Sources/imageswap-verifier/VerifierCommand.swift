import ArgumentParser
import ImageSwap

/// `imageswap-verifier`: options to values to `VerifierService`, nothing else.
@main
struct VerifierCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap-verifier",
        abstract: "Tells imageswap-responder whether images are there, by asking their registries.",
        discussion: """
            Each option can be set in the environment as well, as IMAGESWAP_VERIFIER_ and its name: \
            IMAGESWAP_VERIFIER_CONFIG_FILE for --config-file; those that may be repeated take a list with commas. Options \
            of the command line win. Proxies: https_proxy, http_proxy, no_proxy.
            Exit codes: 0 after SIGTERM or SIGINT, 64 for usage, 69 when the socket cannot be had.
            """,
        version: imageSwapVersion,
        subcommands: [Serve.self, HealthCommand.self],
        defaultSubcommand: Serve.self)
}
