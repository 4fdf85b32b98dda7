// The command line of imageswap.

import ArgumentParser
import ImageSwap

/// The root command: it has its work done by its subcommands.
@main
struct ImageSwapCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap",
        abstract: "Says, checks and does what a map file of ImageSwap does to images, without a cluster.",
        discussion: """
            Examples:
              imageswap check maps.conf
              imageswap explain nginx:1.27 --maps maps.conf
              imageswap review --patch --maps maps.conf < review.json
              imageswap rewrite --diff --maps maps.conf manifests/
              kubectl get pods -A -o json | imageswap images --maps maps.conf

            Completions for a shell: imageswap --generate-completion-script bash|zsh|fish
            """,
        version: imageSwapVersion,
        subcommands: [Check.self, Explain.self, Images.self, Policy.self, ReviewCommand.self, Rewrite.self])
}
