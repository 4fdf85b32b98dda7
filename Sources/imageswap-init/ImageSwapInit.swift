// The command line of imageswap-init.

import ArgumentParser
import ImageSwap

/// The root command: it has its work done by its subcommands.
@main
struct ImageSwapInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap-init",
        abstract: "Makes and renews ImageSwap's certificates, registers the webhook, and copies pull secrets.",
        version: imageSwapVersion,
        subcommands: [Run.self, Local.self, Status.self, PullSecrets.self, Cleanup.self])
}
