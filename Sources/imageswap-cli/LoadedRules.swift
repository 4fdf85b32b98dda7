// The rules of a map file, and of namespaces' own over it.

import ArgumentParser
import ImageSwap

/// All rules that a command was given. Those of a namespace are compiled when it first has to do with it.
final class LoadedRules {
    /// The rules for namespaces without any of their own.
    let base: ServingRules
    let folder: NamespaceMapsFolder?
    private let files: [String: NamespaceMapsFolder.File]
    private var known: [String: ServingRules] = [:]
    /// Why a file of the folder could not be read; it was told of.
    private(set) var failure: ExitCode?

    init(_ base: ServingRules, folder: NamespaceMapsFolder?) {
        self.base = base
        self.folder = folder
        files = (folder?.files ?? []).reduce(into: [:]) { $0[$1.namespace] = $1 }
    }

    /// - Parameter namespace: the empty text where none is known.
    func rules(of namespace: String) -> ServingRules {
        if let rules = known[namespace] { return rules }
        guard let file = files[namespace] else { return base }
        var rules = base
        do {
            rules = base.overlaid(by: try MapText(path: file.path))
        } catch {
            failure = error as? ExitCode ?? Console.noInput
        }
        known[namespace] = rules
        return rules
    }

    /// Ends the command where a file that it needed could not be read.
    func check() throws {
        if let failure { throw failure }
    }
}

/// A map file that was read.
struct MapText {
    let path: String
    let bytes: [UInt8]
    let file: MapFile
    private let lines: [String]

    /// Reads it, and says what is wrong with its lines.
    init(path: String) throws {
        let bytes = try RulesOptions.read(path)
        self.path = path
        self.bytes = bytes
        let file = MapFile(bytes.span)
        self.file = file
        lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        for diagnostic in file.diagnostics { Console.warn("\(path):\(diagnostic.description)") }
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

/// The rules of one namespace, and what a person wants to see of them.
struct ServingRules {
    let policy: SwapPolicy
    /// The map file; nil in LEGACY mode.
    private let maps: MapText?
    /// What is laid over it; nil where the namespace has nothing of its own.
    private let own: MapText?

    init(legacy prefix: String) { (policy, maps, own) = (.legacy(prefix: Array(prefix.utf8)), nil, nil) }

    init(_ maps: MapText) { (policy, self.maps, own) = (.maps(Rules(maps.file)), maps, nil) }

    private init(_ maps: MapText, _ own: MapText) {
        policy = .maps(Rules(maps.file.overlaid(by: own.file)))
        (self.maps, self.own) = (maps, own)
    }

    /// With a namespace's own over them; in LEGACY mode there are none.
    func overlaid(by own: MapText) -> ServingRules { maps.map { ServingRules($0, own) } ?? self }

    /// All of their text, which names them in the audit log; nil in LEGACY mode.
    var text: [UInt8]? { maps.map { $0.bytes + (own?.bytes ?? []) } }

    private func source(_ line: RuleLine) -> MapText? { line.isOfNamespace ? own : maps }

    /// The file of a line.
    func path(of line: RuleLine) -> String? { source(line)?.path }

    func rule(_ line: RuleLine) -> String { source(line)?.rule(line.number) ?? "" }

    /// `line 3`, with its file where there are two.
    func name(_ line: RuleLine) -> String {
        let file = own == nil ? nil : path(of: line)
        return "line \(line.number)" + (file.map { " of \($0)" } ?? "")
    }

    /// `line 3: docker.io::registry.example.com`
    func quote(_ line: RuleLine) -> String { "\(name(line)): \(rule(line))" }
}
