// What the file leaves open, and values at places that other lines leave alone.

import ImageSwap

func placeFindings(_ rules: CheckedRules) -> [Finding] {
    let own = rules.file.rules.filter(rules.isOwn)
    if rules.isNamespaces {
        guard own.isEmpty, !rules.file.pullSecrets.contains(where: { rules.isOwn(RuleLine($0)) }),
            !rules.file.verifiedPlaces.contains(where: { rules.isOwn(RuleLine($0)) })
        else {
            return noswapTargets(rules)
        }
        return [
            Finding(.warning, .noRules, line: 1, columns: 1..<1, "there is no rule: the map file's alone serve")
        ]
    }
    guard !own.isEmpty else {
        return [
            Finding(.warning, .noRules, line: 1, columns: 1..<1, "there is no rule: every image stays as it is")
        ]
    }
    var findings: [Finding] = []
    if !own.contains(where: { $0.key == .fallback }) {
        findings.append(
            Finding(
                .warning, .noDefault, line: 1, columns: 1..<1,
                "there is no default: images that no rule takes stay (the original swapped nothing at all then)",
                hint: "write default::REGISTRY, or default:: to say that they stay"))
    }
    return findings + noswapTargets(rules)
}

private func noswapTargets(_ rules: CheckedRules) -> [Finding] {
    var left: [String: RuleLine] = [:]
    var wildcards: [(part: String, line: RuleLine)] = []
    for rule in rules.file.rules {
        switch rule.key {
        case .place(let key) where rule.value.isEmpty: left[key.text] = RuleLine(rule)
        case .wildcards: wildcards = rule.value.split(separator: UInt8(ascii: ",")).map { ($0.text, RuleLine(rule)) }
        default: break
        }
    }
    return rules.file.rules.filter(rules.isOwn).flatMap { rule in
        rule.targets.compactMap { noswapTarget($0, of: rule, left, wildcards, rules) }
    }
}

private func noswapTarget(
    _ target: [UInt8], of rule: MapFile.Rule, _ left: [String: RuleLine], _ wildcards: [(part: String, line: RuleLine)],
    _ rules: CheckedRules
) -> Finding? {
    guard let name = placeName(of: target) else { return nil }
    func finding(_ line: RuleLine, _ what: String) -> Finding {
        Finding(
            .note, .noswapTarget, line: rule.line, columns: rule.valueColumns,
            "\(rules.name(line)) leaves \(what) alone, and this line puts images there: they stay there, as all images"
                + " do that lie where a rule puts them")
    }
    for prefix in prefixes(of: name) {
        if let line = left[prefix] { return finding(line, prefix) }
    }
    let wildcard = wildcards.first { target.text.contains($0.part) }
    return wildcard.map { finding($0.line, "images that contain \($0.part)") }
}

/// The canonical name that a value begins: its registry in lower case, `docker.io` where it names none.
func placeName(of value: [UInt8]) -> String? {
    let text = value.text
    let end = text.firstIndex(of: "/") ?? text.endIndex
    let registry = text[..<end]
    let isRegistry =
        registry.contains(".") || registry.contains(":") || registry == "localhost"
        || registry.contains(where: \.isUppercase)
    guard isRegistry else { return "docker.io/" + text }
    let lowered = registry.lowercased()
    return (lowered == "index.docker.io" ? "docker.io" : lowered) + text[end...]
}

/// A name's beginnings that end at a component, longest first: `a.io:5000/m/n`, `a.io:5000/m`, `a.io:5000`, `a.io`.
func prefixes(of name: String) -> [String] {
    var found: [String] = [name]
    var rest = Substring(name)
    while let slash = rest.lastIndex(of: "/") {
        rest = rest[..<slash]
        found.append(String(rest))
    }
    if let colon = rest.lastIndex(of: ":"), !rest.hasSuffix("]") { found.append(String(rest[..<colon])) }
    return found
}
