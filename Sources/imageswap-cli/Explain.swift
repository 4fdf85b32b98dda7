// imageswap explain: what becomes of images, and why.

import ArgumentParser
import ImageSwap

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
        for (index, image) in images.enumerated() {
            let explanation = rules.policy.explain(image, lineName: rules.name)
            switch format {
            case .text: output += (index > 0 ? "\n" : "") + Self.text(explanation, rules)
            case .json: output += Self.json(explanation, rules).line + "\n"
            }
            if output.utf8.count > 1 << 16 {
                try Console.write(output)
                output = ""
            }
        }
        try Console.write(output)
    }

    static func text(_ explanation: Explanation, _ rules: ServingRules) -> String {
        let swap = explanation.swap
        var lines = [explanation.image]
        lines.append(swap.isChanged ? "  becomes   \(explanation.result)" : "  stays as it is")
        var decision = "  decision  \(swap.decision.name)"
        if let line = swap.rule { decision += ", by \(rules.quote(line))" }
        lines.append(decision)
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

    static func json(_ explanation: Explanation, _ rules: ServingRules) -> JSONText {
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
            "rule": JSONText(swap.rule.map(rules.rule)), "pullSecrets": secrets ?? .null, "steps": .array(steps),
            "notReached": .array(explanation.notReached.map { .string($0.rawValue) }),
        ]
    }
}

extension String {
    /// With spaces behind it, at least one.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
