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

private func isPlace(_ place: [UInt8]) -> Bool {
    (try? ImageReference((place + Array(place.last == UInt8(ascii: "-") ? "docker.io/x".utf8 : "/x".utf8)).span)) != nil
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

/// Where images lie once a file's rules have done their work: at the places of its values, and where a rule leaves them.
///
/// An image that lies elsewhere since its pod names it there and no rule says anything of that place does not count:
/// else no slip in a place's name would ever be told of.
private struct Reach {
    private let rules: CheckedRules
    private var made: [(region: Region, line: RuleLine)] = []
    private var left: [Region] = []
    private var wildcards: [String] = []

    init(_ rules: CheckedRules) {
        self.rules = rules
        for rule in rules.file.rules {
            if rule.key == .wildcards {
                wildcards = rule.value.split(separator: UInt8(ascii: ",")).map(\.text)
            } else if let target = Target(rule, aliasing: rules.aliasing) {
                made += target.places.map { (Region($0), RuleLine(rule)) }
            } else {
                left += names(of: rule).map { Region($0, of: rule) }
            }
        }
    }

    /// Whether images that need the secret can lie at its place.
    func holds(_ secret: MapFile.PullSecret) -> Bool {
        let own = secret.places(aliasing: rules.aliasing).map(Region.init)
        return wildcards.contains { secret.place.text.contains($0) }
            || own.contains { one in made.contains { one.meets($0.region) } || left.contains(where: one.meets) }
    }

    /// A value's place on the same host: most likely what was meant.
    func nearest(to place: Place) -> String? {
        let host = Region(place).host
        guard let near = made.first(where: { $0.region.host == host }) else { return nil }
        return "\(rules.name(near.line)) puts images at \(near.region.name.text)"
    }
}

/// A part of the canonical names of images.
private struct Region {
    let name: [UInt8]
    private let extent: Place.Extent

    init(_ place: Place) { self.init(place.name, place.extent) }

    private init(_ name: [UInt8], _ extent: Place.Extent) {
        self.name = extent == .exact ? Self.withoutVersion(name) : name
        self.extent = extent
    }

    /// What a rule takes, by a name that its key has or begins with.
    init(_ name: String, of rule: MapFile.Rule) {
        let extent: Place.Extent =
            switch rule.key {
            case .pattern: .prefix
            case .exact: .exact
            case .fallback, .wildcards, .place: .below
            }
        self.init(Array(name.utf8), extent)
    }

    /// A name without its tag and digest.
    private static func withoutVersion(_ name: [UInt8]) -> [UInt8] {
        let name = name.prefix { $0 != UInt8(ascii: "@") }
        guard let slash = name.lastIndex(of: UInt8(ascii: "/")) else { return Array(name) }
        return Array(name[..<(name[slash...].firstIndex(of: UInt8(ascii: ":")) ?? name.endIndex)])
    }

    /// Whether an image can lie in both.
    func meets(_ other: Region) -> Bool { holds(other) || other.holds(self) }

    /// A host without a port stands for all of its ports.
    private func holds(_ other: Region) -> Bool {
        guard other.name.starts(with: name) else { return false }
        guard extent != .prefix, other.name.count > name.count else { return true }
        guard extent != .exact else { return false }
        let next = other.name[name.count]
        return next == UInt8(ascii: "/") || next == UInt8(ascii: ":") && !name.contains(UInt8(ascii: "/"))
    }

    var host: ArraySlice<UInt8> {
        let registry = name.prefix { $0 != UInt8(ascii: "/") }
        return registry.last == UInt8(ascii: "]") ? registry : registry.prefix { $0 != UInt8(ascii: ":") }
    }
}
