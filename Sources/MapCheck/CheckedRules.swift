import ImageSwap

/// The rules that serve together: a map file's, or a namespace's own with the map file's under them. Only lines of the file
/// that is checked, its *own*, are told of.
struct CheckedRules {
    /// All of them, in their order.
    let file: MapFile
    let policy: SwapPolicy
    /// The file that is checked is a namespace's.
    let isNamespaces: Bool
    /// Whether `index.docker.io` means `docker.io`.
    let aliasing: Bool

    init(_ own: MapFile, over base: MapFile?) {
        file = base?.overlaid(by: own) ?? own
        let rules = Rules(file)
        policy = .maps(rules)
        aliasing = rules.aliasing
        isNamespaces = base != nil
    }

    func isOwn(_ line: RuleLine) -> Bool { line.isOfNamespace == isNamespaces }
    func isOwn(_ rule: MapFile.Rule) -> Bool { isOwn(RuleLine(rule)) }

    /// What a line is called in a message.
    func name(_ line: RuleLine) -> String {
        isOwn(line) ? "line \(line.number)" : "line \(line.number) of the map file"
    }

    func name(_ rule: MapFile.Rule) -> String { name(RuleLine(rule)) }
}
