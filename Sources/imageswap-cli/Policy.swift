// imageswap policy: the map file for clusters where no webhook is wanted.

import ArgumentParser
import CELPolicy
import ImageSwap

struct Policy: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Prints a MutatingAdmissionPolicy that swaps the images of pods as the map file says.",
        discussion: """
            For Kubernetes 1.36 and later, which runs the policy in the API server: no webhook, no certificates. It takes \
            pods only, which is enough for them to run; and it has no metrics and no log. What its language cannot say \
            is refused with the line: [REPLACE] patterns with more in them than a * at their beginning or end, \
            [PULL_SECRET] lines, and namespaces' own rules. Look at \
            the map file with imageswap check first.

            Examples:
              imageswap policy --maps maps.conf | kubectl apply -f -
              imageswap policy --maps maps.conf --name mirror --failure-policy Ignore

            Exit codes: 0 done, 64 wrong options, 65 a line cannot be said, 66 the map file cannot be read, \
            74 the output cannot be written.
            """)

    @Option(
        name: [.short, .long],
        help: ArgumentHelp("The map file. (default: IMAGESWAP_MAPS_FILE)", valueName: "file"), completion: .file())
    var maps: String?

    @Option(
        help: ArgumentHelp(
            "The directory of namespaces' own map files: with one in it there is no policy. (default: "
                + "IMAGESWAP_NAMESPACE_MAPS_DIR)", valueName: "dir"),
        completion: .directory)
    var namespaceMaps: String?

    @Option(help: "The name of the policy and of its binding.")
    var name = "imageswap"

    @Option(help: "What becomes of pods when the policy fails.")
    var failurePolicy = MutatingPolicy.FailurePolicy.fail

    @OptionGroup var label: LabelOptions

    /// Bytes that etcd takes in a request unless it is told otherwise (--max-request-bytes).
    private static let largest = 3 << 19

    func validate() throws {
        let isName =
            !name.isEmpty && name.count <= 253
            && name.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { label in
                label.utf8.allSatisfy { byte in
                    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) || byte == UInt8(ascii: "-")
                } && !label.isEmpty && !label.hasPrefix("-") && !label.hasSuffix("-")
            }
        guard isName else { throw ValidationError("--name must be lower-case letters, digits, '-' and '.'.") }
    }

    func run() throws {
        let path = try RulesOptions.path(maps)
        let file = try MapText(path: path).file
        try refuseNamespaces()
        let yaml: String
        do throws(PolicyError) {
            let policy = try MutatingPolicy(file, label: label.ignoreLabels ? nil : label.disableLabel)
            yaml = policy.yaml(name: name, failurePolicy: failurePolicy)
        } catch {
            Console.warn("\(path):\(error.line): no policy can say this line: \(error.reason)")
            throw Console.badData
        }
        if yaml.utf8.count > Self.largest {
            Console.warn(
                "\(path): the policy has \(yaml.utf8.count) bytes: an API server stores no object of more than some 1.5 MB"
            )
        }
        try Console.write(yaml)
    }

    /// One policy holds for all namespaces: with rules of their own some would be swapped by others than were meant.
    private func refuseNamespaces() throws {
        guard let folder = RulesOptions.folder(namespaceMaps) else { return }
        for file in try NamespaceMapsFolder(path: folder).files {
            let own = try MapText(path: file.path).file
            let lines = own.rules.map(\.line) + own.pullSecrets.map(\.line)
            guard let line = lines.min() else { continue }
            Console.warn(
                "\(file.path):\(line): no policy can say this line: it is for the namespace \(file.namespace) alone, and a"
                    + " policy holds for all; take the file away, or let the webhook serve")
            throw Console.badData
        }
    }
}

extension MutatingPolicy.FailurePolicy: ExpressibleByArgument {}
