import FuzzSupport

/// An image's one name, and what stands behind it.
private struct PlainName {
    var host: [UInt8]
    /// With its ":".
    var port: [UInt8]
    let path: [UInt8]
    /// How much of the path the text does not say: `library/`.
    let added: Int

    init(_ image: PlainReference, isAliased: Bool) {
        host = PlainRules.lowered(image.host[...])
        port = image.port
        if host.isEmpty || isAliased && host == Array("index.docker.io".utf8) && port.isEmpty {
            host = Array("docker.io".utf8)
        }
        let isLibrary = host == Array("docker.io".utf8) && port.isEmpty && !image.path.contains(UInt8(ascii: "/"))
        path = (isLibrary ? Array("library/".utf8) : []) + image.path
        added = isLibrary ? 8 : 0
    }

    var bytes: [UInt8] { host + port + [UInt8(ascii: "/")] + path }
}

private struct PlainPlace {
    enum Extent {
        case below, prefix, exact
    }

    let name: [UInt8]
    let extent: Extent
}

extension PlainReference {
    fileprivate var version: [UInt8] {
        (tag.isEmpty ? [] : [UInt8(ascii: ":")] + tag) + (digest.isEmpty ? [] : [UInt8(ascii: "@")] + digest)
    }
}

extension PlainRules {
    /// What becomes of an image: the step that decides, its line, and the image.
    struct Outcome: Equatable {
        let decision: String
        let line: Int?
        let image: [UInt8]
    }

    /// The steps in the order of the README's "What decides".
    func swap(_ text: [UInt8]) -> Outcome {
        func stays(_ decision: String, _ line: Int?) -> Outcome { Outcome(decision: decision, line: line, image: text) }
        if let rule = rules.first(where: { $0.kind == .exact && $0.key == text }) {
            if rule.value.isEmpty { return stays("exact", rule.line) }
            guard let target = rule.targets.first(where: { PlainReference($0) != nil }) else {
                return stays("invalid-result", rule.line)
            }
            return Outcome(decision: "exact", line: rule.line, image: target)
        }
        let image = PlainReference(text)
        let name = image.map { PlainName($0, isAliased: isAliased) }
        let taken = name.flatMap { place(of: $0, image?.version ?? []) }
        if let rule = rules.first(where: { $0.kind == .pattern && PlainPattern.takes($0.key, text) }),
            taken.map({ names(rule, $0.name, image, name) }) ?? true
        {
            let last = text.lastIndex(of: UInt8(ascii: "/")).map { Array(text[($0 + 1)...]) } ?? text
            return moved(text, rule, "replace") { $0 + Self.slash($0) + last }
        }
        guard let image, let name else { return stays("invalid-image", nil) }
        if let (rule, name) = key(of: name), rule.key.count >= taken?.name.count ?? 0 {
            if rule.value.isEmpty { return stays("map-noswap", rule.line) }
            return moved(text, rule, "map") { target in
                if target.last == UInt8(ascii: "-") {
                    return target + name.host + [UInt8(ascii: "/")] + image.path + image.version
                }
                let registry = name.host + name.port
                if rule.key.count > registry.count {
                    return target + Array(name.bytes[rule.key.count...]) + image.version
                }
                let isHost = PlainReference(target + Array("/x".utf8)).map { $0.host == target } ?? false
                let port = isHost && name.port.isEmpty ? image.port : []
                return target + port + [UInt8(ascii: "/")] + image.path + image.version
            }
        }
        if let taken { return stays("already-swapped", taken.line) }
        if let wildcards = rules.first(where: { $0.kind == .wildcards }) {
            for part in wildcards.value.split(separator: UInt8(ascii: ",")) where Self.contains(text, part) {
                return stays("noswap-wildcard", wildcards.line)
            }
        }
        guard let fallback = rules.first(where: { $0.kind == .fallback }), !fallback.value.isEmpty else {
            return stays("default-noswap", rules.first { $0.kind == .fallback }?.line)
        }
        return moved(text, fallback, "default") { target in
            let isPrefix = target.last == UInt8(ascii: "-")
            return target + (isPrefix ? name.host : []) + [UInt8(ascii: "/")] + image.path + image.version
        }
    }

    /// With a prefix alone, as IMAGESWAP_MODE=LEGACY has it.
    static func swap(_ text: [UInt8], prefix: [UInt8]) -> Outcome {
        if prefix.isEmpty { return Outcome(decision: "legacy-empty-prefix", line: nil, image: text) }
        if contains(text, prefix[...]) { return Outcome(decision: "legacy-internal", line: nil, image: text) }
        let last = text.lastIndex(of: UInt8(ascii: "/")).map { Array(text[($0 + 1)...]) } ?? text
        let result = prefix + (prefix.last == UInt8(ascii: "-") ? text : [UInt8(ascii: "/")] + last)
        guard PlainReference(result) != nil else { return Outcome(decision: "invalid-result", line: nil, image: text) }
        return Outcome(decision: "legacy", line: nil, image: result)
    }

    private var isAliased: Bool {
        !rules.contains { $0.kind == .place && $0.key == Array("index.docker.io".utf8) }
    }

    private static func contains(_ text: [UInt8], _ part: ArraySlice<UInt8>) -> Bool {
        (0...text.count).contains { text[$0...].starts(with: part) }
    }

    private static func slash(_ target: [UInt8]) -> [UInt8] {
        target.last == UInt8(ascii: "-") ? [] : [UInt8(ascii: "/")]
    }

    /// The first target that makes an image, and one at the target's place.
    private func moved(
        _ text: [UInt8], _ rule: Rule, _ decision: String, result: (_ target: [UInt8]) -> [UInt8]
    ) -> Outcome {
        if rule.value.isEmpty { return Outcome(decision: decision, line: rule.line, image: text) }
        for target in rule.targets {
            let result = result(target)
            guard let image = PlainReference(result) else { continue }
            let name = PlainName(image, isAliased: isAliased)
            let isThere = places(of: target, rule.kind).contains { place in
                let bytes = name.bytes
                guard bytes.starts(with: place.name) else { return false }
                let next = bytes.dropFirst(place.name.count).first
                return place.extent == .prefix || next == nil || next == UInt8(ascii: "/")
                    || place.name == name.host && !name.port.isEmpty
            }
            if isThere { return Outcome(decision: decision, line: rule.line, image: result) }
        }
        return Outcome(decision: "invalid-result", line: rule.line, image: text)
    }

    /// The longest key that a name equals or lies below, with its port, or else without.
    private func key(of name: PlainName) -> (rule: Rule, name: PlainName)? {
        var names = [name]
        if !name.port.isEmpty {
            var other = name
            other.port = []
            names.append(other)
        }
        for name in names {
            let bytes = name.bytes
            let registry = name.host.count + name.port.count
            let keys = rules.filter { rule in
                rule.kind == .place
                    && (bytes == rule.key
                        || rule.key.count >= registry && bytes.starts(with: rule.key + [UInt8(ascii: "/")]))
            }
            if let longest = keys.max(by: { $0.key.count < $1.key.count }) { return (longest, name) }
        }
        return nil
    }

    // MARK: places

    private func places(of rule: Rule) -> [PlainPlace] { rule.targets.flatMap { places(of: $0, rule.kind) } }

    private func places(of target: [UInt8], _ kind: Kind) -> [PlainPlace] {
        if kind == .exact {
            guard let image = PlainReference(target) else { return [] }
            return [PlainPlace(name: PlainName(image, isAliased: isAliased).bytes + image.version, extent: .exact)]
        }
        let hub = Array("docker.io/".utf8)
        let library = hub + Array("library/".utf8)
        let end = target.firstIndex(of: UInt8(ascii: "/")) ?? target.count
        let registry = PlainRules.lowered(target[..<end])
        let rest = Array(target[end...])
        var name = hub + target
        if PlainReference.isRegistry(Array(target[..<end])) {
            let isAlias = isAliased && registry == Array("index.docker.io".utf8)
            name = (isAlias ? Array("docker.io".utf8) : registry) + rest
        }
        guard target.last == UInt8(ascii: "-") else { return [PlainPlace(name: name, extent: .below)] }
        var names = [name]
        if rest.isEmpty {
            names = [registry, hub + registry, library + registry]
        } else if name.starts(with: hub), !name.dropFirst(hub.count).contains(UInt8(ascii: "/")) {
            names.append(library + name.dropFirst(hub.count))
        }
        return names.map { PlainPlace(name: $0, extent: .prefix) }
    }

    /// The longest place at which an image lies, with the line of the first rule that puts images there.
    private func place(of name: PlainName, _ version: [UInt8]) -> (name: [UInt8], line: Int)? {
        let bytes = name.bytes
        let registry = name.host.count + name.port.count
        let all = rules.flatMap { rule in places(of: rule).map { (place: $0, line: rule.line) } }
        let holding = all.filter { place, _ in
            if place.extent == .exact { return place.name == bytes + version }
            guard bytes.starts(with: place.name) else { return false }
            let next = bytes.dropFirst(place.name.count).first
            return next == nil || next == UInt8(ascii: "/") && place.name.count >= registry
                || place.name.count == name.host.count || place.name.last == UInt8(ascii: "-")
        }
        // One with the very version goes first.
        let exact = holding.first { $0.place.extent == .exact }
        guard let found = exact ?? holding.max(by: { $0.place.name.count < $1.place.name.count }) else { return nil }
        return (found.place.name, all.first { $0.place.name == found.place.name }?.line ?? 0)
    }

    /// Whether a pattern may move an image from a place at which it lies: its literal beginning names as much of the
    /// image as the place does, and it is not the rule that puts images there.
    private func names(_ rule: Rule, _ place: [UInt8], _ image: PlainReference?, _ name: PlainName?) -> Bool {
        guard let image, let name, !places(of: rule).contains(where: { $0.name == place }) else { return false }
        let literal = rule.key.prefix { !"*?[".utf8.contains($0) }.count
        guard literal > 0 else { return false }
        let pathStart = image.hasRegistry ? image.host.count + image.port.count + 1 : 0
        var length = literal + name.host.count + name.port.count + 1 - pathStart
        if literal > pathStart { length += name.added }
        return length >= place.count
    }
}
