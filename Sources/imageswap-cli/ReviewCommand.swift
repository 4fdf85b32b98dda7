// imageswap review: the webhook's answer to a review, without the webhook.

import Admission
import ArgumentParser
import ImageSwap
import Manifests

struct ReviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "review",
        abstract: "Answers an AdmissionReview as the webhook does.",
        discussion: """
            Examples:
              imageswap review --maps maps.conf < review.json
              imageswap review --maps maps.conf --patch review.json
              imageswap review --maps maps.conf --apply review.json | jq .spec

            Exit codes: 0 done, 64 wrong options, 65 no AdmissionReview, 66 a file cannot be read, 74 the output \
            cannot be written.
            """)

    @Argument(help: "An AdmissionReview as JSON; - or nothing reads standard input.", completion: .file())
    var file = "-"

    @OptionGroup var rules: RulesOptions

    @Flag(exclusivity: .exclusive, help: "What to print instead of the answer.")
    var part: Part?

    @Option(help: "The label that, with the value \"disabled\", keeps an object from being swapped.")
    var disableLabel = "k8s.twr.io/imageswap"

    enum Part: String, EnumerableFlag {
        case patch, apply

        static func help(for value: Part) -> ArgumentHelp? {
            switch value {
            case .patch: "Print the JSON Patch instead of the answer, an operation a line."
            case .apply: "Print the object as it is after the patch instead of the answer."
            }
        }
    }

    /// Bytes of a review: what nginx lets through to the webhook.
    private static let longest = 32 << 20

    func validate() throws {
        try rules.check(inputs: [file])
        try LabelKey.check(disableLabel)
    }

    func run() throws {
        let rules = try rules.load()
        let body = try Console.read(file, limit: Self.longest)
        var reviewer = Reviewer(disableLabel: disableLabel)
        do {
            _ = try reviewer.review(body.span, under: rules.policy)
        } catch {
            Console.warn("\(file == "-" ? "standard input" : file): \(error)")
            throw Console.badData
        }
        switch part {
        case .none: try Console.write(reviewer.answer + [UInt8(ascii: "\n")])
        case .patch: try Console.write(Self.patch(reviewer))
        case .apply: try Console.write(try Self.changedObject(of: body, reviewer) + [UInt8(ascii: "\n")])
        }
    }

    private static func patch(_ reviewer: Reviewer) -> String {
        let operations = reviewer.images.filter(\.swap.isChanged).map { image -> String in
            let value = String(decoding: reviewer.results[image.result], as: UTF8.self)
            let operation: JSONText = [
                "op": "replace", "path": .string(image.field.pointer), "value": .string(value),
            ]
            return operation.line
        }
        return operations.isEmpty ? "[]\n" : "[\(operations.joined(separator: ",\n "))]\n"
    }

    private static func changedObject(of body: [UInt8], _ reviewer: Reviewer) throws -> [UInt8] {
        let tree = try Tree(json: body)
        guard let object = tree.value(tree.value(Tree.root, "request"), "object") else { return Array("null".utf8) }
        var edits: [Edit] = []
        for image in reviewer.images where image.swap.isChanged {
            // The reviewer found it there.
            guard let node = tree.node(at: image.field.pointer, below: object) else { continue }
            let value = String(decoding: reviewer.results[image.result], as: UTF8.self)
            edits.append(Edit(tree.nodes[node].range, JSONText.string(value).line))
        }
        edits.sort { $0.range.lowerBound < $1.range.lowerBound }
        return body.applying(edits, within: tree.nodes[object].range)
    }
}
