// `[VERIFY]` lines that nothing comes of, and targets that are never tried.

import ImageSwap

func verificationFindings(_ rules: CheckedRules) -> [Finding] {
    let reach = Reach(rules)
    var findings: [Finding] = []
    // Two names of one place: Docker Hub's.
    var earlier: [[UInt8]: RuleLine] = [:]
    for line in rules.file.verifiedPlaces {
        let places = line.places(aliasing: rules.aliasing)
        guard let place = places.first else { continue }
        let known = earlier.updateValue(RuleLine(line), forKey: place.name)
        guard rules.isOwn(RuleLine(line)) else { continue }
        if let known, rules.isOwn(known) {
            findings.append(
                Finding(
                    .warning, .duplicateKey, line: line.line, columns: line.keyColumns,
                    "this is the place of \(rules.name(known)) by another name, and that line counts nowhere",
                    hint: "keep one of the two"))
        }
        guard isPlace(line.place), !reach.isMade(at: places) else { continue }
        findings.append(
            Finding(
                .warning, .unreachedVerify, line: line.line, columns: line.keyColumns,
                "no rule puts images at \(line.place.text), so nothing is asked for there",
                hint: reach.nearest(to: place) ?? "write where the rules put images"))
    }
    return findings + unusedTargets(rules)
}

/// Targets behind one that no `[VERIFY]` line can have passed over.
private func unusedTargets(_ rules: CheckedRules) -> [Finding] {
    let asked = rules.file.verifiedPlaces.flatMap { $0.places(aliasing: rules.aliasing) }.map(Region.init)
    return rules.file.rules.filter(rules.isOwn).compactMap { rule in
        let targets = Target.targets(of: rule, aliasing: rules.aliasing)
        let always = targets.dropLast().first { target in
            !target.places.isEmpty
                && !target.places.map(Region.init).contains { one in asked.contains(where: one.meets) }
        }
        return always.map { target in
            Finding(
                .warning, .unusedTargets, line: rule.line, columns: rule.valueColumns,
                "\(target.text.text) is always taken, so the targets behind it only count for what is there already",
                hint:
                    "[VERIFY]\(target.text.text):: asks its registry first, and passes it over where the image is not there"
            )
        }
    }
}
