// The command line of imageswap-init.

import ArgumentParser
import ImageSwap

/// The root command: it has its work done by its subcommands.
@main
struct ImageSwapInit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap-init",
        abstract: "Makes and renews the certificates that ImageSwap is served with.",
        version: imageSwapVersion,
        subcommands: [Local.self])
}
