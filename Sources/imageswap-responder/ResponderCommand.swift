import ArgumentParser
import ImageSwap

/// `imageswap-responder`: options to values to `Service`, nothing else.
@main
struct ResponderCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imageswap-responder",
        abstract: "Answers Kubernetes admission reviews that nginx hands over by FastCGI.",
        discussion: """
            Settings come from the environment: IMAGESWAP_MODE (MAPS or LEGACY), IMAGESWAP_MAPS_FILE, \
            IMAGESWAP_NAMESPACE_MAPS_DIR, IMAGESWAP_STRICT_MAPS, IMAGE_PREFIX, IMAGESWAP_DISABLE_LABEL, \
            IMAGESWAP_IGNORE_LABELS, IMAGESWAP_AUDIT, IMAGESWAP_WARN, IMAGESWAP_LOG_LEVEL, \
            IMAGESWAP_POD_NAME, IMAGESWAP_NAMESPACE_NAME.
            Exit codes: 0 after SIGTERM or SIGINT, 64 for usage, 69 when the socket cannot be had, 78 for a setting \
            or a map file that is wrong.
            """,
        version: imageSwapVersion,
        subcommands: [Serve.self, Worker.self, HealthCommand.self],
        defaultSubcommand: Serve.self)
}
