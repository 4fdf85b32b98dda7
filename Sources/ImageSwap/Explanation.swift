/// Why an image becomes what it becomes: the steps of a swap one by one, up to the one that decides.
///
/// For people; a swap itself keeps no such record.
package struct Explanation: Equatable, Sendable {
    /// The steps in the order in which a swap takes them.
    package enum Step: String, CaseIterable, Sendable {
        case legacy
        case exact
        case replace
        case reference
        case map
        case alreadySwapped = "already-swapped"
        case noswapWildcard = "noswap-wildcard"
        case `default`

        /// Those of `IMAGESWAP_MODE=MAPS`.
        package static let ofMaps: [Step] = [
            .exact, .replace, .reference, .map, .alreadySwapped, .noswapWildcard, .default,
        ]
    }

    /// A step that was looked at.
    package struct Finding: Equatable, Sendable {
        package let step: Step
        /// Where the rule stands that it is about.
        package let rule: RuleLine?
        /// What was found: why the step decides, or why it does not.
        package let reason: String

        package var line: Int? { rule?.number }
    }

    /// The image as it was.
    package let image: String
    /// What it becomes; itself where it stays.
    package let result: String
    package let swap: Swap
    /// In their order; the last one decided.
    package let findings: [Finding]

    /// The same, with what became of the image once it was known what its targets have.
    package func settled(_ swap: Swap, result: String) -> Explanation {
        Explanation(image: image, result: swap.isChanged ? result : image, swap: swap, findings: findings)
    }

    /// The steps that were not looked at any more.
    package var notReached: [Step] {
        guard let last = findings.last, let index = Step.ofMaps.firstIndex(of: last.step) else { return [] }
        return Array(Step.ofMaps[(index + 1)...])
    }
}

extension SwapPolicy {
    /// Swaps an image, and tells of each step what it found.
    ///
    /// - Parameter lineName: What a line is called within a text.
    package func explain(
        _ image: String, lineName: @escaping (RuleLine) -> String = { "line \($0.number)" }
    ) -> Explanation {
        switch self {
        case .maps(let rules): rules.explain(image, lineName: lineName)
        case .legacy(let prefix): Self.explainLegacy(image, prefix)
        }
    }

    private static func explainLegacy(_ image: String, _ prefix: [UInt8]) -> Explanation {
        let (result, swap) = SwapPolicy.legacy(prefix: prefix).swap(image)
        let text = String(decoding: prefix, as: UTF8.self)
        let reason =
            switch swap.decision {
            case .legacyEmptyPrefix: "the prefix is empty"
            case .legacyInternal: "the image contains \(text)"
            case .invalidResult: "what \(text) makes of it is no valid image reference"
            default:
                text.hasSuffix("-")
                    ? "\(text) is put before the whole image" : "\(text)/ is put before the last part of the name"
            }
        return Explanation(
            image: image, result: result, swap: swap,
            findings: [Explanation.Finding(step: .legacy, rule: nil, reason: reason)])
    }
}
