// imageswap images: what must be mirrored.

import Admission
import ArgumentParser
import ImageSwap
import Manifests
import Posix
import Registry
import VerifierProtocol

struct Images: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists each image of manifests, where a swap puts it, and who uses it.",
        discussion: """
            Reads what rewrite reads. Images that stay where they are are left out, unless --all is given.

            Formats: table; json, an object a line; csv; crane, commands; skopeo, a shell script that feeds skopeo sync; \
            regsync, its configuration; script, a shell loop that runs $COPY SOURCE TARGET for each image. Where an image \
            has a tag and a digest, the last four name the digest. Different images that are to become one are told of; \
            the last four leave them out and exit with 1, since one copy would overwrite the other.

            With --missing the targets' registries are asked what they have, and only images are listed that they say they \
            have not: what is still to be mirrored. Of a value with several targets it is the first that counts. Where a \
            registry gives no certain answer, that is told of, and the exit code is 1.

            Examples:
              imageswap images --maps maps.conf manifests/
              kubectl get pods -A -o json | imageswap images --maps maps.conf
              imageswap images --maps maps.conf --format crane manifests/ | sh -eu
              imageswap images --maps maps.conf --format regsync manifests/ > regsync.yaml && regsync once -c regsync.yaml
              imageswap images --maps maps.conf --missing --format crane manifests/ | sh -eu

            Exit codes: 0 done, 1 a file could not be read, images that become one were left out, or a registry did not tell \
            what it has, 64 wrong options, 66 the \
            map file or a namespace's cannot be read, 74 the output cannot be written.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case table, json, csv, skopeo, crane, regsync, script

        /// Whether what is printed copies images, rather than telling of them.
        var copies: Bool {
            switch self {
            case .table, .json, .csv: false
            case .skopeo, .crane, .regsync, .script: true
            }
        }
    }

    @OptionGroup var manifests: ManifestOptions

    @Option(help: "How to print them.")
    var format = Format.table

    @Flag(help: "List images that stay where they are too: in the table, json and csv.")
    var all = false

    @Flag(help: "List only images that the targets' registries say they have not.")
    var missing = false

    @OptionGroup(title: "With --missing") var registries: RegistryAccess

    func validate() throws {
        if all, missing { throw ValidationError("--all and --missing exclude each other.") }
    }

    func run() throws {
        let rules = try manifests.rules.load()
        let files = ManifestFiles(manifests.paths)
        for problem in files.problems { Console.warn(problem) }
        var failures = files.problems.count
        var images: [MirroredImage.Name: MirroredImage] = [:]
        var progress = Progress(total: files.paths.count)
        for path in files.paths {
            progress.step()
            switch ManifestFiles.read(path, templatesAre: "left out") {
            case .failed: failures += 1
            case .template: continue
            case .manifest(let manifest, _):
                let rewriting = Rewriting(manifest, options: manifests.rewriting) { rules.rules(of: $0).policy }
                try rules.check()
                for use in rewriting.uses {
                    let key = MirroredImage.Name(image: use.image, target: use.result)
                    images[key, default: MirroredImage(use, rules.rules(of: use.namespace))].uses.append(
                        MirroredImage.Use(
                            file: ManifestFiles.name(of: path), line: manifest.line(use.offset),
                            object: use.object?.description ?? "", container: use.container))
                }
            }
        }
        progress.end()
        let list = images.values.sorted { ($0.image, $0.target) < ($1.image, $1.target) }
        var moved = list.filter { $0.image != $0.target }
        if missing {
            let found = try absent(moved)
            failures += found.unknown
            moved = found.absent
        }
        for image in list where image.decision == .invalidImage || image.decision == .invalidResult {
            Console.warn("\(image.image): stays, \(image.decision?.name ?? ""): \(image.uses[0].place)")
        }
        let clashes = MirroredImage.clashes(list)
        for clash in clashes { Console.warn(clash.text + (format.copies ? ": none of them is copied" : "")) }
        let clashing = Set(clashes.flatMap { $0.images.map(\.name) })
        let copied = moved.filter { !clashing.contains($0.name) }
        let text =
            switch format {
            case .table: MirroredImage.table(all ? list : moved)
            case .json: (all ? list : moved).map { $0.json.line + "\n" }.joined()
            case .csv: MirroredImage.csv(all ? list : moved)
            case .crane: MirroredImage.crane(copied)
            case .skopeo: MirroredImage.skopeo(copied)
            case .regsync: MirroredImage.regsync(copied)
            case .script: MirroredImage.script(copied)
            }
        try Console.write(text)
        if failures > 0 || format.copies && !clashes.isEmpty { throw ExitCode(1) }
    }

    /// Those of which a registry says that it has not the target, and of how many targets nobody knows.
    private func absent(_ images: [MirroredImage]) throws -> (absent: [MirroredImage], unknown: Int) {
        let targets = Set(images.compactMap(\.canonicalTarget)).sorted()
        let findings = try registries.ask(targets.map { Array($0.utf8) })
        var absent: Set<String> = []
        var unknown = 0
        for (target, finding) in zip(targets, findings) {
            switch finding.answer {
            case .present: break
            case .absent: absent.insert(target)
            case .unknown:
                unknown += 1
                Console.warn("\(target): \(finding.text): not listed")
            }
        }
        return (images.filter { $0.canonicalTarget.map(absent.contains) ?? false }, unknown)
    }
}
