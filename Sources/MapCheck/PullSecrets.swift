// Pull secrets that no pod is given, or nearly every pod.

import ImageSwap

func pullSecretFindings(_ rules: CheckedRules, _ lines: MapLines) -> [Finding] {
    let reach = Reach(rules)
    var findings: [Finding] = []
    // Two names of one place: Docker Hub's.
    var earlier: [[UInt8]: RuleLine] = [:]
    for secret in rules.file.pullSecrets {
        guard let place = secret.places(aliasing: rules.aliasing).first else { continue }
        let known = earlier.updateValue(RuleLine(secret), forKey: place.name)
        guard rules.isOwn(RuleLine(secret)) else { continue }
        func report(_ severity: Finding.Severity, _ kind: Finding.Kind, _ message: String, hint: String? = nil) {
            findings.append(
                Finding(severity, kind, line: secret.line, columns: secret.keyColumns, message, hint: hint))
        }
        if let known, rules.isOwn(known) {
            report(
                .warning, .duplicateKey,
                "this is the place of \(rules.name(known)) by another name, and that line counts nowhere",
                hint: "keep one of the two")
        }
        findings += repeatedNames(secret, lines)
        // One without names gives nothing, and one that can hold no image was told of when it was read.
        guard !secret.names.isEmpty, isPlace(secret.place) else { continue }
        guard place.name != Array("docker.io".utf8) else {
            report(
                .warning, .publicPlace,
                "docker.io is all of Docker Hub: every pod with an image that stays there gets these secrets, and hardly"
                    + " one needs them",
                hint: "write the path of your own images there: docker.io/ORGANISATION")
            continue
        }
        if !reach.holds(secret) {
            let near = reach.nearest(to: place)
            report(
                .warning, .unreachedSecret,
                "no rule puts images at \(secret.place.text) or leaves them alone there, so hardly a pod gets these secrets",
                hint: near
                    ?? "write where the rules put images, or \(secret.place.text):: where images are to stay there")
        }
    }
    return findings
}

/// Names that stand in the line more than once: a pod is given each once.
private func repeatedNames(_ secret: MapFile.PullSecret, _ lines: MapLines) -> [Finding] {
    var seen: Set<String> = []
    let written = lines.bytes(secret.line, secret.valueColumns).text.split(separator: ",")
    return written.compactMap { part in
        let name = part.filter { !$0.isWhitespace }
        guard !name.isEmpty, !seen.insert(name).inserted else { return nil }
        return Finding(
            .note, .repeatedSecret, line: secret.line, columns: secret.valueColumns,
            "\(name) stands here twice: a pod is given it once")
    }
}
