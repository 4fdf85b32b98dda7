// Rules that swap what another rule made: each finding has an image that was really swapped twice.

import ImageSwap

func chainFindings(_ rules: CheckedRules) -> [Finding] {
    var search = ChainSearch(rules: rules)
    let makers = Makers(rules.file)
    for rule in rules.file.rules {
        for name in names(of: rule) {
            for (maker, rest) in makers.makers(of: name) {
                search.trySamples(of: maker, rest: rest, takenBy: rule)
            }
        }
    }
    return search.findings
}

/// Rules with a value, by the place where it puts images.
private struct Makers {
    private var byPlace: [String: [MapFile.Rule]] = [:]

    init(_ file: MapFile) {
        for rule in file.rules {
            for target in rule.targets { add(rule, target) }
        }
    }

    private mutating func add(_ rule: MapFile.Rule, _ target: [UInt8]) {
        guard let place = placeName(of: target) else { return }
        if case .exact = rule.key {
            for name in canonicalNames(target.text) { byPlace[name, default: []].append(rule) }
        } else {
            byPlace[place, default: []].append(rule)
            if target.last == UInt8(ascii: "-"), !target.contains(UInt8(ascii: "/")) {
                byPlace[target.text, default: []].append(rule)
            }
        }
    }

    /// Rules that put images at the beginning of a name, each with what is left of the name.
    func makers(of name: String) -> [(MapFile.Rule, String)] {
        var found: [(MapFile.Rule, String)] = []
        var beginnings = prefixes(of: name)
        beginnings += name.indices.filter { name[$0] == "-" }.map { String(name[...$0]) }
        for beginning in beginnings {
            for rule in byPlace[beginning] ?? [] { found.append((rule, String(name.dropFirst(beginning.count)))) }
        }
        return found
    }
}

/// Canonical names that a rule's key takes, or that begin what it takes.
func names(of rule: MapFile.Rule) -> [String] {
    switch rule.key {
    case .fallback, .wildcards: []
    case .place(let key): [key.text]
    case .exact(let image): canonicalNames(image.text)
    case .pattern(let pattern):
        // The literal part, up to a component's end and as it is.
        {
            let literal = String(pattern.text.prefix { !"*?[".contains($0) })
            guard !literal.isEmpty else { return [] }
            let whole = literal.hasSuffix("/") ? String(literal.dropLast()) : literal
            return canonicalNames(whole) + [whole]
        }()
    }
}

private func canonicalNames(_ image: String) -> [String] {
    guard let name = placeName(of: Array(image.utf8)) else { return [] }
    let path = name.dropFirst("docker.io/".count)
    guard name.hasPrefix("docker.io/"), !path.contains("/") else { return [name] }
    return ["docker.io/library/" + path, name]
}

private struct ChainSearch {
    private let rules: CheckedRules
    private(set) var findings: [Finding] = []
    private var told: Set<[RuleLine]> = []

    /// How many swaps are followed to see whether they go round.
    private static let longest = 64

    init(rules: CheckedRules) { self.rules = rules }

    private var policy: SwapPolicy { rules.policy }

    /// Tries images that `maker` may put where `taker` takes them.
    mutating func trySamples(of maker: MapFile.Rule, rest: String, takenBy taker: MapFile.Rule) {
        guard !told.contains([RuleLine(maker), RuleLine(taker)]) else { return }
        for (sample, target) in samples(of: maker, rest: rest).flatMap({ sample in
            maker.targets.indices.map { (sample, $0) }
        }) {
            let first = policy.swap(sample, from: target)
            guard first.swap.rule == RuleLine(maker), first.swap.isChanged else { continue }
            let second = policy.swap(first.image)
            guard second.swap.isChanged, let line = second.swap.rule,
                told.insert([RuleLine(maker), line]).inserted, rules.isOwn(maker) || rules.isOwn(line)
            else { continue }
            report(sample, first.image, second.image, maker, line)
        }
    }

    private mutating func report(
        _ sample: String, _ first: String, _ second: String, _ maker: MapFile.Rule, _ line: RuleLine
    ) {
        // Told of at the first of the two lines that is one of this file.
        let other = rules.file.rules.first { RuleLine($0) == line }
        let (place, columns) =
            rules.isOwn(maker)
            ? (maker.line, maker.valueColumns) : (line.number, other?.keyColumns ?? 1..<1)
        let by = rules.isOwn(maker) ? "" : " by \(rules.name(maker))"
        var seen = [first, second]
        var isCycle = first == second
        while !isCycle, seen.count < Self.longest {
            let (next, swap) = policy.swap(seen[seen.count - 1])
            guard swap.isChanged else { break }
            isCycle = seen.contains(next)
            seen.append(next)
        }
        // A name that grows with each swap never ends either.
        if isCycle || seen.count == Self.longest {
            findings.append(
                Finding(
                    .error, .cycle, line: place, columns: columns,
                    "\(sample) becomes \(first)\(by), at the next swap \(second) by \(rules.name(line)), and so on"
                        + " without an end",
                    hint: "let one of these lines have another value"))
        } else {
            findings.append(
                Finding(
                    .warning, .chain, line: place, columns: columns,
                    "\(sample) becomes \(first)\(by), and \(second) at the next swap, by \(rules.name(line))",
                    hint: "if that is meant, write the last place as this line's value"))
        }
    }

    private func samples(of maker: MapFile.Rule, rest: String) -> [String] {
        let rests = [rest, rest + "/x", rest + "x", "/x" + rest].filter { !$0.isEmpty }
        switch maker.key {
        case .wildcards: return []
        case .exact(let image): return [image.text]
        case .place(let key): return rests.map { key.text + $0 } + rests.map { String($0.drop { $0 == "/" }) }
        case .fallback:
            return rests.flatMap { rest in
                let path = rest.drop { $0 == "/" }
                return [String(path), "registry.invalid/" + path, "docker.io/" + path]
            }
        case .pattern(let pattern):
            // Sets are left out: what a plain character makes of the pattern is tried, and then checked.
            return (rests + ["x"]).flatMap { rest in
                ["", "x", "x/"].flatMap { filler in
                    let part = rest.drop { $0 == "/" }
                    return [filler + part, filler + "x"].map {
                        pattern.text.replacing("*", with: $0).replacing("?", with: "x")
                    }
                }
            }
        }
    }
}
