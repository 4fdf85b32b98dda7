// imageswap explain: what becomes of images, and why.

import Admission
import ArgumentParser
import ImageSwap
import Registry
import VerifierProtocol

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Says what becomes of images, by which rule, and why by no other.",
        discussion: """
            The steps are those of the README's "What decides", in their order; the one that decides is marked.

            Examples:
              imageswap explain nginx:1.27 quay.io/prometheus/prometheus --maps maps.conf
              kubectl get pods -A -o jsonpath='{..image}' | tr ' ' '\\n' | sort -u | imageswap explain - -m maps.conf
              imageswap explain nginx --maps maps.conf --format json | jq -r .result
              imageswap explain nginx --maps maps.conf --namespace team-a --namespace-maps namespaces/
              imageswap explain nginx:1.27 --maps maps.conf --verify

            Exit codes: 0 done, 64 wrong options, 66 a map file cannot be read, 74 the output \
            cannot be written.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "Images as manifests name them; - reads them from standard input, one a line.")
    var image: [String]

    @OptionGroup var rules: RulesOptions

    @OptionGroup var namespace: NamespaceOption

    @Option(help: "text, or json: an object a line.")
    var format = Format.text

    @Flag(help: "Ask registries what they have, where the map file has a [VERIFY] line, and say what becomes of it.")
    var verify = false

    @OptionGroup(title: "With --verify") var registries: RegistryAccess

    func validate() throws {
        try rules.check(inputs: image)
        try namespace.check(rules)
    }

    func run() throws {
        let loaded = try rules.load()
        var rules = loaded.base
        if let namespace = namespace.namespace, let folder = loaded.folder {
            rules = loaded.rules(of: namespace)
            try loaded.check()
            if !folder.files.contains(where: { $0.namespace == namespace }) {
                Console.warn("\(folder.path(of: namespace)) does not exist: \(namespace) has no rules of its own")
            }
        }
        var images: [String] = []
        for image in image {
            if image != "-" {
                images.append(image)
                continue
            }
            // At most what the API server takes in a hundred objects.
            let text = String(decoding: try Console.read("-", limit: 300 << 20), as: UTF8.self)
            images += text.split(whereSeparator: \.isNewline).map { line in
                String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
            }.filter { !$0.isEmpty }
        }
        var output = ""
        let verification = verify ? try verification(of: images, rules) : nil
        for (index, image) in images.enumerated() {
            var explanation = rules.policy.explain(image, lineName: rules.name)
            var asked: [(image: String, finding: Finding)]?
            if let verification {
                asked = verification.asked[index] ?? []
                if let (swap, result) = verification.settled[index] {
                    explanation = explanation.settled(swap, result: result)
                }
            }
            switch format {
            case .text: output += (index > 0 ? "\n" : "") + Self.text(explanation, asked, rules)
            case .json: output += Self.json(explanation, asked, rules).line + "\n"
            }
            if output.utf8.count > 1 << 16 {
                try Console.write(output)
                output = ""
            }
        }
        try Console.write(output)
    }

    /// By an image's index: what was asked for it, and what becomes of it then.
    private struct Verification {
        var asked: [Int: [(image: String, finding: Finding)]] = [:]
        var settled: [Int: (swap: Swap, result: String)] = [:]
    }

    /// Asks for all images in one go.
    private func verification(of images: [String], _ rules: ServingRules) throws -> Verification {
        guard let places = rules.policy.verifiedPlaces else {
            Console.warn("the map file has no [VERIFY] line, so nothing is asked for")
            return Verification()
        }
        var pending = PendingSwaps()
        var buffers = SwapBuffers()
        // Which questions each image has: those that are new after it, and those that were there.
        var questions: [Int: [Int]] = [:]
        for (index, image) in images.enumerated() {
            let text = Array(image.utf8)
            let swap = rules.policy.swap(text.span, &buffers)
            if pending.take(index, text.span, swap, rules.policy, places, &buffers) {
                questions[index] = pending.questions(of: index)
            }
        }
        let names = pending.questions.images
        let findings = try registries.ask(names)
        var verification = Verification()
        for (index, questions) in questions {
            verification.asked[index] = questions.map { (String(decoding: names[$0], as: UTF8.self), findings[$0]) }
        }
        pending.settle(findings.map(Presence.init), keepsUnknown: false) { index, swap, result in
            verification.settled[index] = (swap, String(decoding: result, as: UTF8.self))
        }
        return verification
    }

    private static func text(
        _ explanation: Explanation, _ asked: [(image: String, finding: Finding)]?, _ rules: ServingRules
    ) -> String {
        let swap = explanation.swap
        var lines = [explanation.image]
        lines.append(swap.isChanged ? "  becomes   \(explanation.result)" : "  stays as it is")
        var decision = "  decision  \(swap.decision.name)"
        if let line = swap.rule { decision += ", by \(rules.quote(line))" }
        lines.append(decision)
        for (index, (image, finding)) in (asked ?? []).enumerated() {
            lines.append((index == 0 ? "  asked     " : "            ") + "\(image): \(finding.text)")
        }
        if let secrets = rules.policy.pullSecrets {
            let need = secrets.need(of: explanation.result)
            let names = need?.names.joined(separator: ", ") ?? ""
            lines.append(
                "  secrets   \(names.isEmpty ? "none" : names)"
                    + (need.map { ", by \(rules.quote($0.line))" } ?? ": it lies at no place that needs any"))
        }
        let width = 17
        for (index, finding) in explanation.findings.enumerated() {
            let mark = index == explanation.findings.count - 1 ? "  > " : "    "
            let place = finding.rule.map { rules.name($0) + ": " } ?? ""
            lines.append(mark + finding.step.rawValue.padded(to: width) + place + finding.reason)
        }
        let rest = explanation.notReached.map(\.rawValue)
        if !rest.isEmpty { lines.append("    " + "not reached".padded(to: width) + rest.joined(separator: ", ")) }
        return lines.map { $0.printable + "\n" }.joined()
    }

    private static func json(
        _ explanation: Explanation, _ asked: [(image: String, finding: Finding)]?, _ rules: ServingRules
    ) -> JSONText {
        let swap = explanation.swap
        let steps = explanation.findings.map { finding -> JSONText in
            [
                "step": .string(finding.step.rawValue), "file": JSONText(finding.rule.flatMap(rules.path)),
                "line": JSONText(finding.line), "reason": .string(finding.reason),
            ]
        }
        let secrets = rules.policy.pullSecrets?.need(of: explanation.result).map { need -> JSONText in
            [
                "names": .array(need.names.map { .string($0) }), "file": JSONText(rules.path(of: need.line)),
                "line": .number(need.line.number), "rule": .string(rules.rule(need.line)),
            ]
        }
        return [
            "image": .string(explanation.image), "result": .string(explanation.result),
            "changed": .bool(swap.isChanged), "decision": .string(swap.decision.name),
            "file": JSONText(swap.rule.flatMap(rules.path)), "line": JSONText(swap.line),
            "rule": JSONText(swap.rule.map(rules.rule)), "asked": asked.map { .array($0.map(Self.json)) } ?? .null,
            "pullSecrets": secrets ?? .null, "steps": .array(steps),
            "notReached": .array(explanation.notReached.map { .string($0.rawValue) }),
        ]
    }
}

extension Explain {
    private static func json(_ image: String, _ finding: Finding) -> JSONText {
        var digest: String?
        let state: String
        switch finding.answer {
        case .present(let found): (state, digest) = ("present", String(decoding: found, as: UTF8.self))
        case .absent: state = "absent"
        case .unknown: state = "unknown"
        }
        return [
            "image": .string(image), "state": .string(state), "digest": JSONText(digest),
            "reason": JSONText(finding.reason),
        ]
    }
}

extension String {
    /// With spaces behind it, at least one.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
