// Which rules.

import Admission
import ArgumentParser
import ImageSwap
import Posix

/// Options of the commands that swap.
struct RulesOptions: ParsableArguments {
    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The map file. (default: IMAGESWAP_MAPS_FILE)", valueName: "file"), completion: .file())
    var maps: String?

    @Option(
        help: ArgumentHelp(
            "The directory of namespaces' own map files, NAMESPACE.conf each. (default: IMAGESWAP_NAMESPACE_MAPS_DIR)",
            valueName: "dir"),
        completion: .directory)
    var namespaceMaps: String?

    @Option(help: ArgumentHelp("LEGACY mode with this IMAGE_PREFIX instead of a map file.", valueName: "prefix"))
    var prefix: String?

    func validate() throws {
        if maps != nil, prefix != nil { throw ValidationError("--maps and --prefix exclude each other.") }
        if namespaceMaps != nil, prefix != nil {
            throw ValidationError("--namespace-maps and --prefix exclude each other: LEGACY mode has no map files.")
        }
    }

    /// Standard input is read once: as the map file, or as what it is for.
    ///
    /// - Parameter inputs: what the command reads besides.
    func check(inputs: [String]) throws {
        try Self.checkOnce(inputs)
        guard inputs.contains("-"), prefix == nil, Self.named(maps) == "-" else { return }
        throw ValidationError("standard input (-) cannot be the map file and what is read with it.")
    }

    static func checkOnce(_ inputs: [String]) throws {
        let count = inputs.count { $0 == "-" }
        if count > 1 { throw ValidationError("standard input (-) is named \(count) times, and can be read once.") }
    }

    private static func named(_ option: String?) -> String? {
        option ?? [String: String].current["IMAGESWAP_MAPS_FILE"]
    }

    func load() throws -> LoadedRules {
        if let prefix { return LoadedRules(ServingRules(legacy: prefix), folder: nil) }
        let base = ServingRules(try MapText(path: try Self.path(maps)))
        return LoadedRules(base, folder: try Self.folder(namespaceMaps).map { try NamespaceMapsFolder(path: $0) })
    }

    static func path(_ option: String?) throws -> String {
        if let path = named(option), !path.isEmpty { return path }
        throw ValidationError("no map file: name one by --maps or IMAGESWAP_MAPS_FILE.")
    }

    /// The directory of namespaces' map files; nil where none is named.
    static func folder(_ option: String?) -> String? {
        let path = option ?? [String: String].current["IMAGESWAP_NAMESPACE_MAPS_DIR"]
        return path?.isEmpty == false ? path : nil
    }

    static func read(_ path: String) throws -> [UInt8] {
        // A ConfigMap holds 1 MiB.
        try Console.read(path, limit: 16 << 20)
    }
}

/// The namespace whose own rules count where nothing else says which.
struct NamespaceOption: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The namespace whose own rules count, of those in --namespace-maps.", valueName: "name"))
    var namespace: String?

    func check(_ rules: RulesOptions) throws {
        guard let namespace else { return }
        guard NamespaceFile.isLabel(namespace) else {
            throw ValidationError("--namespace must be lower-case letters, digits and '-', at most 63 of them.")
        }
        guard rules.prefix == nil, RulesOptions.folder(rules.namespaceMaps) != nil else {
            throw ValidationError(
                "--namespace has its rules in a directory: name it by --namespace-maps or IMAGESWAP_NAMESPACE_MAPS_DIR."
            )
        }
    }
}

/// What an object's author may ask for, and whether it counts.
struct LabelOptions: ParsableArguments {
    @Option(
        help: "The label that, with the value \"disabled\" or \"audit\", keeps an object from being swapped.")
    var disableLabel = "k8s.twr.io/imageswap"

    @Flag(help: "That label says nothing, as with IMAGESWAP_IGNORE_LABELS=true.")
    var ignoreLabels = false

    func validate() throws {
        guard LabelKey.isValid(disableLabel) else {
            throw ValidationError("--disable-label must be a label's key, such as k8s.twr.io/imageswap.")
        }
    }
}
