// imageswap rewrite: manifests with the images that the webhook would give them.

import Admission
import ArgumentParser
import ImageSwap
import Manifests
import Posix

struct Rewrite: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Swaps the images of manifests in place: every other byte stays.",
        discussion: """
            Takes YAML and JSON, several documents in a file, lists as kubectl prints them, and arrays of objects. Of a directory, all files \
            that end in .yaml, .yml or .json in whatever case, and Kustomization; -i writes nothing that a link in it leads \
            out to. Objects that the webhook leaves alone are left alone. A template ({{ }}) is \
            reported and left alone: give the manifests that it makes. An image that a kustomization finds by its name \
            (images:) keeps it: with --kustomize the entry gets a newName, without it that is a problem. A kustomization \
            that is neither given nor beside a file is not known.

            With --namespace-maps the own rules of an object's namespace count: of its metadata, else of --namespace. Pull \
            secrets are told of, never written: the webhook gives them to pods alone, and a template with some of its own \
            would keep its pods from getting the service account's.

            Examples:
              imageswap rewrite --maps maps.conf pod.yaml > swapped.yaml
              imageswap rewrite -i --maps maps.conf manifests/
              imageswap rewrite --diff --maps maps.conf manifests/ | less
              helm template chart/ | imageswap rewrite --maps maps.conf | kubectl apply -f -
              imageswap rewrite --check --maps maps.conf manifests/ || echo "swap them first"
              imageswap rewrite -i --helm-values --maps maps.conf chart/values.yaml

            Exit codes: 0 done, 1 a file could not be done, or with --check something would change or all were \
            templates, 64 wrong options, \
            66 a map file cannot be read, 74 the output cannot be written.
            """)

    @OptionGroup var manifests: ManifestOptions

    @Flag(name: [.customShort("i"), .long], help: "Write the files, which keep mode and owner.")
    var inPlace = false

    @Flag(help: "Print what changes as a unified diff.")
    var diff = false

    @Flag(help: "Write nothing, and exit with 1 where something would change.")
    var check = false

    func validate() throws {
        let paths = manifests.paths
        if inPlace, paths.contains("-") { throw ValidationError("--in-place writes files, and - is none.") }
        if inPlace, check { throw ValidationError("--in-place and --check exclude each other.") }
        if !inPlace, !diff, !check {
            let isOne = paths.count == 1 && (try? FileSystem.kind(of: paths[0])) != .directory
            guard isOne else {
                throw ValidationError("for more than one file, or a directory: --in-place, --diff or --check.")
            }
        }
    }

    func run() throws {
        let rules = try manifests.rules.load()
        let files = ManifestFiles(manifests.paths)
        for problem in files.problems { Console.warn(problem) }
        var outcome = RewriteOutcome()
        outcome.failures = files.problems.count
        let kustomizations = files.kustomizations(areRewritten: manifests.kustomize)
        var progress = Progress(total: files.paths.count)
        for path in files.paths {
            var options = manifests.rewriting
            options.kept = kustomizations.kept(in: path)
            try rewrite(path, rules, options, mayWrite: !files.leadingOut.contains(path), &outcome)
            progress.step()
        }
        progress.end()
        if inPlace || check || diff { Console.warn(outcome.summary(isDone: inPlace)) }
        for line in outcome.secretLines { Console.warn(line) }
        let isUnknown = outcome.files > 0 && outcome.files == outcome.templates
        if outcome.failures > 0 || check && (outcome.changedFiles > 0 || isUnknown) { throw ExitCode(1) }
    }

    private func rewrite(
        _ path: String, _ rules: LoadedRules, _ options: Rewriting.Options, mayWrite: Bool,
        _ outcome: inout RewriteOutcome
    ) throws {
        outcome.files += 1
        let (manifest, text): (Manifest, [UInt8])
        switch ManifestFiles.read(path, templatesAre: "left alone") {
        case .failed:
            outcome.failures += 1
            return
        case .template(let text):
            outcome.templates += 1
            // What comes in goes out, so that a pipe loses nothing.
            if isPrinting { try Console.write(text) }
            return
        case .manifest(let read, let bytes): (manifest, text) = (read, bytes)
        }
        let rewriting = Rewriting(manifest, options: options) { rules.rules(of: $0).policy }
        // Nothing is printed or written by other rules than those that were meant.
        try rules.check()
        outcome.needs += rewriting.pullSecretNeeds
        for remark in rewriting.remarks {
            let place = manifest.place(remark.offset)
            Console.warn("\(ManifestFiles.name(of: path)):\(place.line):\(place.column): \(remark.text)")
            if remark.kind == .stuck { outcome.failures += 1 }
        }
        if isPrinting { return try Console.write(rewriting.result(of: manifest)) }
        guard !rewriting.edits.isEmpty else { return }
        if diff { try Console.write(UnifiedDiff(rewriting.edits, of: text).text(path: path == "-" ? "stdin" : path)) }
        if inPlace, !mayWrite {
            outcome.failures += 1
            Console.warn(
                "\(path): a link that leads out of its directory: it is not written, unless it is named itself")
            return
        }
        if inPlace, !write(rewriting.result(of: manifest), to: path) {
            outcome.failures += 1
            return
        }
        outcome.changedFiles += 1
        outcome.images += rewriting.uses.count(where: \.isMade)
    }

    /// Whether a file could be written; else says why not.
    private func write(_ bytes: [UInt8], to path: String) -> Bool {
        do throws(Errno) {
            try FileSystem.replaceContents(of: path, with: bytes)
            return true
        } catch {
            let hint =
                error == .notPermitted ? ": most likely it is another user's, and only root can keep its owner" : ""
            Console.warn("\(path): cannot be written: \(error)\(hint)")
            return false
        }
    }

    /// Whether the rewritten file itself is printed.
    private var isPrinting: Bool { !inPlace && !diff && !check }
}

/// What became of the files.
private struct RewriteOutcome {
    var files = 0
    var changedFiles = 0
    var images = 0
    var failures = 0
    /// Files that are templates as a whole.
    var templates = 0
    var needs: [Rewriting.PullSecretNeed] = []

    /// Of each Secret, who needs it.
    var secretLines: [String] {
        var objects: [String: [String]] = [:]
        var order: [String] = []
        for need in needs {
            for name in need.names {
                if objects[name] == nil { order.append(name) }
                objects[name, default: []].append(need.object.description)
            }
        }
        return order.map { name in
            let users = objects[name] ?? []
            let more = users.count > 1 ? " and \(users.count - 1) more" : ""
            return "the pull secret \(name) is needed, and not written: by \(users[0])\(more)"
        }
    }

    func summary(isDone: Bool) -> String {
        let verb = isDone ? "swapped" : "to swap"
        func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
        return "\(count(files, "file")): \(count(images, "image")) \(verb), in \(count(changedFiles, "file"))"
            + (templates > 0 ? "; \(count(templates, "template")) left alone" : "")
            + (failures > 0 ? "; \(count(failures, "problem"))" : "")
    }
}
