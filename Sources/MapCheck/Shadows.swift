// Rules that never get an image, since a pattern before them takes them all.

import ImageSwap

/// Patterns are compared with each other and with every key; more than so many would take long.
private let mostPatterns = 500

func shadowFindings(_ rules: CheckedRules) -> [Finding] {
    let everything = ShellPattern([UInt8(ascii: "*")])
    var findings: [Finding] = []
    var earlier: [(pattern: ShellPattern, text: String, line: RuleLine)] = []
    var hasTakenEverything = false
    func report(_ rule: MapFile.Rule, _ text: String, _ line: RuleLine, _ why: String) {
        guard rules.isOwn(rule) else { return }
        findings.append(
            Finding(
                .warning, .shadowed, line: rule.line, columns: rule.keyColumns,
                "the pattern \(text) of \(rules.name(line)) \(why)", hint: "narrow that pattern, or take this line away"
            ))
    }
    for rule in rules.file.rules {
        guard case .pattern(let text) = rule.key, earlier.count < mostPatterns else { continue }
        let pattern = ShellPattern(text)
        if let shadow = earlier.first(where: { $0.pattern.covers(pattern) }) {
            report(rule, shadow.text, shadow.line, "comes earlier and takes all that this takes")
        } else if pattern.covers(everything) {
            hasTakenEverything = true
            if rules.isOwn(rule) {
                findings.append(
                    Finding(
                        .warning, .takesEverything, line: rule.line, columns: rule.keyColumns,
                        "this pattern takes every image: no key, no default and no later pattern counts",
                        hint: "write default::\(rule.value.text) for images that no other rule takes"))
            }
        }
        earlier.append((pattern, text.text, RuleLine(rule)))
    }
    if !hasTakenEverything {
        for rule in rules.file.rules {
            guard case .place(let key) = rule.key else { continue }
            let forms = writtenForms(of: key)
            let shadow = earlier.first { pattern in
                !forms.isEmpty && forms.allSatisfy { pattern.pattern.covers(ShellPattern($0)) }
            }
            if let shadow {
                report(rule, shadow.text, shadow.line, "goes before all keys and takes all that this takes")
            }
        }
    }
    return findings + wideWildcards(rules)
}

/// Patterns of the images that a key takes; of none where they may be written in other ways too.
private func writtenForms(of key: [UInt8]) -> [[UInt8]] {
    let isLiteral = !key.contains { "*?[".utf8.contains($0) }
    guard isLiteral, !key.starts(with: "docker.io".utf8), !key.starts(with: "index.docker.io".utf8) else { return [] }
    let endings = key.contains(UInt8(ascii: "/")) ? ["", "/*", ":*", "@*"] : ["/*"]
    return endings.map { key + Array($0.utf8) }
}

/// Wildcards that nearly every image contains.
private func wideWildcards(_ rules: CheckedRules) -> [Finding] {
    rules.file.rules.filter { $0.key == .wildcards && rules.isOwn($0) }.flatMap { rule in
        rule.value.split(separator: UInt8(ascii: ",")).compactMap { part -> Finding? in
            let isWide = [".io/x/y:1", "/library/", ".com/x", ":latest"].contains { $0.contains(part.text) }
            guard part.count == 1 || isWide else { return nil }
            return Finding(
                .warning, .takesEverything, line: rule.line, columns: rule.valueColumns,
                "nearly every image contains \(part.text), so nearly all of them stay",
                hint: "write more of the name: a whole registry or path")
        }
    }
}
