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

            Exit codes: 0 done, 64 wrong options, 66 the map file cannot be read, 74 the output \
            cannot be written.
            """)

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "Images as manifests name them; - reads them from standard input, one a line.")
    var image: [String]

    @OptionGroup var rules: RulesOptions

    @Option(help: "text, or json: an object a line.")
    var format = Format.text

    func validate() throws { try rules.check(inputs: image) }

    func run() throws {
        let rules = try rules.load()
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
            let explanation = rules.policy.explain(image)
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

    static func text(_ explanation: Explanation, _ rules: LoadedRules) -> String {
        let swap = explanation.swap
        var lines = [explanation.image]
        lines.append(swap.isChanged ? "  becomes   \(explanation.result)" : "  stays as it is")
        var decision = "  decision  \(swap.decision.name)"
        if let line = swap.line { decision += ", by line \(line): \(rules.rule(line))" }
        lines.append(decision)
        let width = 17
        for (index, finding) in explanation.findings.enumerated() {
            let mark = index == explanation.findings.count - 1 ? "  > " : "    "
            let place = finding.line.map { "line \($0): " } ?? ""
            lines.append(mark + finding.step.rawValue.padded(to: width) + place + finding.reason)
        }
        let rest = explanation.notReached.map(\.rawValue)
        if !rest.isEmpty { lines.append("    " + "not reached".padded(to: width) + rest.joined(separator: ", ")) }
        return lines.map { $0.printable + "\n" }.joined()
    }

    static func json(_ explanation: Explanation, _ rules: LoadedRules) -> JSONText {
        let swap = explanation.swap
        let steps = explanation.findings.map { finding -> JSONText in
            ["step": .string(finding.step.rawValue), "line": JSONText(finding.line), "reason": .string(finding.reason)]
        }
        return [
            "image": .string(explanation.image), "result": .string(explanation.result),
            "changed": .bool(swap.isChanged), "decision": .string(swap.decision.name),
            "line": JSONText(swap.line), "rule": JSONText(swap.line.map(rules.rule)), "steps": .array(steps),
            "notReached": .array(explanation.notReached.map { .string($0.rawValue) }),
        ]
    }
}

extension String {
    /// With spaces behind it, at least one.
    func padded(to width: Int) -> String { self + String(repeating: " ", count: max(1, width - count)) }
}
