// imageswap check: what is to be said about a map file.

import ArgumentParser
import Glibc
import ImageSwap
import MapCheck
import Posix

struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Finds what is wrong with a map file, and what its author should know.",
        discussion: """
            Examples:
              imageswap check maps.conf
              imageswap check --fix maps.conf
              imageswap check --strict --format github deploy/maps/*.conf
              imageswap check maps.conf --namespace-maps namespaces/
              kubectl get configmap imageswap-maps -o jsonpath='{.data.maps}' | imageswap check -

            Exit codes: 0 fine, 1 there are errors, 2 there are warnings and --strict is given, 64 wrong options, \
            66 a file cannot be read (the others are checked), 73 it cannot \
            be written, 74 the output cannot be written.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json, github, sarif
    }

    @Argument(
        help: ArgumentHelp("Map files; - is standard input. (default: IMAGESWAP_MAPS_FILE)", valueName: "maps"),
        completion: .file())
    var files: [String] = []

    @Option(
        help: ArgumentHelp(
            "A directory of namespaces' own map files, NAMESPACE.conf each: they are checked as they are laid over the map "
                + "file. (default: IMAGESWAP_NAMESPACE_MAPS_DIR, where no map file is named)",
            valueName: "dir"),
        completion: .directory)
    var namespaceMaps: String?

    @Option(help: "text, json (an object a line), github (workflow commands) or sarif.")
    var format = Format.text

    @Flag(help: "Exit with 2 where there are warnings.")
    var strict = false

    @Flag(help: "Leave the notes out.")
    var noNotes = false

    @Flag(
        help:
            "First mend what can be mended safely: separators, stray white space, repeated keys; not [PULL_SECRET] lines."
    )
    var fix = false

    func validate() throws {
        try RulesOptions.checkOnce(files)
        if namespaceMaps != nil, files.count > 1 {
            throw ValidationError("--namespace-maps goes with one map file, over which the others are laid.")
        }
        if fix, files.contains("-") { throw ValidationError("--fix writes files, and - is none.") }
    }

    func run() throws {
        let paths = files.isEmpty ? [try RulesOptions.path(nil)] : files
        let folder = files.isEmpty ? RulesOptions.folder(namespaceMaps) : namespaceMaps
        var checked: [CheckedFile] = []
        // Of an unreadable file the others know nothing: they are checked all the same.
        var unreadable: ExitCode?
        for path in paths {
            guard let map = try check(path, over: nil, &checked) else {
                unreadable = Console.noInput
                continue
            }
            guard let folder else { continue }
            for file in try NamespaceMapsFolder(path: folder).files
            where try check(file.path, over: map, &checked) == nil { unreadable = Console.noInput }
        }
        switch format {
        case .text: try Console.write(checked.map { $0.text(hasColour: Console.hasColour) }.joined())
        case .json: try Console.write(checked.map(\.jsonLines).joined())
        case .github: try Console.write(checked.map(\.workflowCommands).joined())
        case .sarif: try Console.write(CheckedFile.sarif(checked).pretty + "\n")
        }
        let findings = checked.flatMap(\.findings)
        if format == .text { Console.warn(Self.summary(findings)) }
        if let unreadable { throw unreadable }
        if findings.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
        if strict, findings.contains(where: { $0.severity == .warning }) { throw ExitCode(2) }
    }

    /// Checks a file, mended where that is asked for; nil where it cannot be read, of which it tells.
    private func check(_ path: String, over base: MapFile?, _ checked: inout [CheckedFile]) throws -> MapFile? {
        guard let text = try? RulesOptions.read(path) else { return nil }
        var check = MapCheck(text, over: base)
        if fix, let mended = check.mended() {
            do {
                try FileSystem.replaceContents(of: path, with: mended)
            } catch {
                Console.warn("\(path): cannot be written: \(error)")
                throw ExitCode(EX_CANTCREAT)
            }
            Console.warn("\(path): mended")
            check = MapCheck(mended, over: base)
        }
        checked.append(
            CheckedFile(
                name: path == "-" ? "<stdin>" : path, text: check.text,
                findings: check.findings.filter { !noNotes || $0.severity != .note }))
        return check.file
    }

    private static func summary(_ findings: [Finding]) -> String {
        let counts = Finding.Severity.allCases.compactMap { severity -> String? in
            let count = findings.count { $0.severity == severity }
            return count == 0 ? nil : "\(count) \(severity.rawValue)\(count == 1 ? "" : "s")"
        }
        return counts.isEmpty ? "nothing to say" : counts.joined(separator: ", ")
    }
}
