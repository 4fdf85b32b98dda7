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

    @Option(help: ArgumentHelp("LEGACY mode with this IMAGE_PREFIX instead of a map file.", valueName: "prefix"))
    var prefix: String?

    func validate() throws {
        if maps != nil, prefix != nil { throw ValidationError("--maps and --prefix exclude each other.") }
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
        if let prefix { return LoadedRules(policy: .legacy(prefix: Array(prefix.utf8)), path: nil, lines: []) }
        let path = try Self.path(maps)
        let text = try Self.read(path)
        let file = MapFile(text.span)
        for diagnostic in file.diagnostics { Console.warn("\(path):\(diagnostic.description)") }
        return LoadedRules(
            policy: .maps(Rules(file)), path: path,
            lines: text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
                .map { String(decoding: $0, as: UTF8.self) })
    }

    static func path(_ option: String?) throws -> String {
        if let path = named(option), !path.isEmpty { return path }
        throw ValidationError("no map file: name one by --maps or IMAGESWAP_MAPS_FILE.")
    }

    static func read(_ path: String) throws -> [UInt8] {
        // A ConfigMap holds 1 MiB.
        try Console.read(path, limit: 16 << 20)
    }
}

extension LabelKey {
    /// For an option's value.
    static func check(_ label: String) throws {
        guard isValid(label) else {
            throw ValidationError("--disable-label must be a label's key, such as k8s.twr.io/imageswap.")
        }
    }
}

/// How images are swapped, and what a person wants to see of it.
struct LoadedRules {
    let policy: SwapPolicy
    /// The map file; nil in LEGACY mode.
    let path: String?
    fileprivate let lines: [String]

    fileprivate init(policy: SwapPolicy, path: String?, lines: [String]) {
        (self.policy, self.path, self.lines) = (policy, path, lines)
    }

    /// A line's rule as it is written, without its comment.
    func rule(_ line: Int) -> String {
        guard lines.indices.contains(line - 1) else { return "" }
        let rule = lines[line - 1].prefix { $0 != "#" }
        guard let start = rule.firstIndex(where: { !$0.isWhitespace }),
            let end = rule.lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(rule[start...end])
    }
}
