// imageswap review: the webhook's answer to a review, without the webhook.

import Admission
import ArgumentParser
import Certificates
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
              imageswap review --maps maps.conf --namespace-maps namespaces/ --audit review.json | jq .response.warnings

            The rules of the review's own namespace count, where --namespace-maps has some. The options are the settings \
            of the webhook: IMAGESWAP_AUDIT, IMAGESWAP_WARN, IMAGESWAP_IGNORE_LABELS and IMAGESWAP_DISABLE_LABEL.

            Exit codes: 0 done, 64 wrong options, 65 no AdmissionReview, 66 a file cannot be read, 74 the output \
            cannot be written.
            """)

    @Argument(help: "An AdmissionReview as JSON; - or nothing reads standard input.", completion: .file())
    var file = "-"

    @OptionGroup var rules: RulesOptions

    @Flag(exclusivity: .exclusive, help: "What to print instead of the answer.")
    var part: Part?

    @OptionGroup var label: LabelOptions

    @Flag(help: "Nothing is patched; what would be is told in warnings.")
    var audit = false

    @Flag(help: "Warn of each swap.")
    var warn = false

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
    }

    func run() throws {
        let loaded = try rules.load()
        let body = try Console.read(file, limit: Self.longest)
        var options = Reviewer.Options()
        options.label = label.disableLabel
        options.ignoresLabels = label.ignoreLabels
        options.isTrial = audit
        options.warns = warn
        var reviewer = Reviewer(options)
        do {
            try reviewer.read(body.span)
            let namespace = String(decoding: reviewer.review.texts[reviewer.review.namespace.range], as: UTF8.self)
            let rules = loaded.rules(of: namespace)
            try loaded.check()
            let digest = rules.text.map(Self.digest) ?? []
            _ = try reviewer.answer(body.span, under: rules.policy, ruleSet: digest)
        } catch let code as ExitCode {
            throw code
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

    /// The first 12 digits of a rule set's SHA-256, as the webhook has it.
    private static func digest(_ text: [UInt8]) -> [UInt8] {
        SHA256.digest(text).prefix(6).flatMap { byte -> [UInt8] in
            [byte >> 4, byte & 0xf].map { $0 < 10 ? UInt8(ascii: "0") + $0 : UInt8(ascii: "a") + $0 - 10 }
        }
    }

    private static func patch(_ reviewer: Reviewer) -> String {
        guard !reviewer.patch.isEmpty else { return "[]\n" }
        // No value in it has a quotation mark.
        return String(decoding: reviewer.patch, as: UTF8.self).replacing(",{\"op\":", with: ",\n {\"op\":") + "\n"
    }

    private static func changedObject(of body: [UInt8], _ reviewer: Reviewer) throws -> [UInt8] {
        let tree = try Tree(json: body)
        guard let object = tree.value(tree.value(Tree.root, "request"), "object") else { return Array("null".utf8) }
        guard !reviewer.patch.isEmpty else { return Array(body[tree.nodes[object].range]) }
        var edits: [Edit] = []
        for image in reviewer.images where image.swap.isChanged {
            // The reviewer found it there.
            guard let node = tree.node(at: image.field.pointer, below: object) else { continue }
            let value = String(decoding: reviewer.results[image.result], as: UTF8.self)
            edits.append(Edit(tree.nodes[node].range, JSONText.string(value).line))
        }
        if !reviewer.pullSecrets.isEmpty, let spec = tree.value(object, "spec") {
            edits.append(addition(of: reviewer.pullSecrets, to: spec, in: tree))
        }
        edits.sort { $0.range.lowerBound < $1.range.lowerBound }
        return body.applying(edits, within: tree.nodes[object].range)
    }

    /// Puts pull secrets where the patch has them: at the end of the pod's list, or as a list of its own.
    private static func addition(of names: [[UInt8]], to spec: Int, in tree: Tree) -> Edit {
        let secrets = names.map { JSONText.object([("name", .string(String(decoding: $0, as: UTF8.self)))]).line }
            .joined(separator: ",")
        guard let list = tree.value(spec, "imagePullSecrets") else {
            // The spec has members: the containers.
            let end = tree.nodes[spec].range.upperBound - 1
            return Edit(end..<end, ",\"imagePullSecrets\":[\(secrets)]")
        }
        guard !tree.elements(list).isEmpty else { return Edit(tree.nodes[list].range, "[\(secrets)]") }
        let end = tree.nodes[list].range.upperBound - 1
        return Edit(end..<end, ",\(secrets)")
    }
}
