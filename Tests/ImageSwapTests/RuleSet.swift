// Random map files whose keys, patterns, values and images run into each other, and whether one is a chain.

import TestSupport

struct RuleSet: CustomStringConvertible {
    enum Key {
        case fallback
        case exact(String)
        case pattern(String)
        case place(String)
    }

    struct Rule {
        let key: Key
        let value: String

        /// What stands between two "|".
        var targets: [String] { value.split(separator: "|").map(String.init) }
    }

    let rules: [Rule]
    let wildcards: String?

    /// The map file's text.
    var description: String {
        var lines = rules.map { rule in
            switch rule.key {
            case .fallback: "default::" + rule.value
            case .exact(let image): "[EXACT]\(image)::\(rule.value)"
            case .pattern(let pattern): "[REPLACE]\(pattern)::\(rule.value)"
            case .place(let key): "\(key)::\(rule.value)"
            }
        }
        if let wildcards { lines.append("noswap_wildcards::" + wildcards) }
        return lines.joined(separator: "\n")
    }
}

// MARK: making them

extension RuleSet {
    static let hosts = [
        "a.io", "b.io", "A.io", "a.io:5000", "b.io:5000", "a.io:443", "localhost", "localhost:5000", "docker.io",
        "docker.io:5000", "index.docker.io", "INDEX.docker.io", "index.docker.io:443", "X", "[1:2:3:4:5:6:7:8]",
    ]
    static let words = [
        "x", "y", "x-y", "library", "a.io", "a", "m", "x-docker.io", "docker.io", "index.docker.io", "b",
    ]
    static let versions = [":1", ":latest", "@sha256:" + repeated("0", 64), ":1@sha256:" + repeated("a", 64)]
    static let wilds = ["*", "*", "?", "[a-z]", "[!x]", "[]x]", "[", "[!]"]

    init(_ random: inout SplitMix64) {
        var rules: [Rule] = []
        func several(_ text: String, _ next: (inout SplitMix64) -> String) -> String {
            guard !text.isEmpty, random.chance(20) else { return text }
            let other = next(&random)
            return other.isEmpty ? text : text + "|" + other
        }
        if random.chance(70) {
            rules.append(Rule(key: .fallback, value: several(Self.value(&random), Self.value)))
        }
        for _ in 0..<random.below(6) {
            let value = several(Self.value(&random), Self.value)
            switch random.below(10) {
            case 0:
                let key = Self.image(&random)
                rules.append(Rule(key: .exact(key), value: several(Self.image(&random), Self.image)))
            case 1...3:
                let pattern =
                    random.chance(15) && !value.isEmpty
                    ? random.pick(value.split(separator: "|")) + "*" : Self.pattern(&random)
                rules.append(Rule(key: .pattern(pattern), value: value))
            default: rules.append(Rule(key: .place(Self.key(&random)), value: value))
            }
        }
        self.rules = rules.shuffled(using: &random)
        wildcards = random.chance(10) ? ["x", "a.io", "/", ":1", "library", "A", "docker.io,b"][random.below(7)] : nil
    }

    static func path(_ random: inout SplitMix64, _ most: Int) -> String {
        (0...random.below(most)).map { _ in random.pick(words) }.joined(separator: "/")
    }

    static func image(_ random: inout SplitMix64) -> String {
        let host = random.chance(60) ? random.pick(hosts) + "/" : ""
        return host + path(&random, 3) + (random.chance(30) ? random.pick(versions) : "")
    }

    static func value(_ random: inout SplitMix64) -> String {
        let text =
            switch random.below(20) {
            case 0: ""
            case 1...6: random.pick(hosts)
            case 7...14: random.pick(hosts) + "/" + path(&random, 2)
            default: path(&random, 2)
            }
        guard random.chance(30), !text.isEmpty else { return text }
        return text + random.pick(["-", "-", "-", "-", "-", "/", "/-", "--", ":1"])
    }

    static func key(_ random: inout SplitMix64) -> String {
        switch random.below(20) {
        case 0...9: random.pick(hosts)
        case 10...18: random.pick(hosts) + "/" + path(&random, 3)
        default: path(&random, 2)
        }
    }

    static func pattern(_ random: inout SplitMix64) -> String {
        let image = image(&random)
        let cut = random.below(image.count + 1)
        switch random.below(10) {
        case 0...5: return image.prefix(cut) + "*"
        case 6: return "*" + image.suffix(cut)
        case 7: return image
        default:
            var text = Array(image)
            let start = min(cut, text.count)
            text.replaceSubrange(start..<min(start + random.below(2), text.count), with: random.pick(wilds))
            return String(text) + (random.chance(60) ? "*" : "")
        }
    }

    /// An image that is likely to meet a rule: made of a key or of a value.
    func image(_ random: inout SplitMix64) -> String {
        guard !rules.isEmpty, random.chance(75) else { return Self.image(&random) }
        let rule = random.pick(rules)
        var text = rule.targets.isEmpty ? "" : random.pick(rule.targets)
        if random.chance(65) {
            switch rule.key {
            case .fallback: text = ""
            case .exact(let image), .place(let image): text = image
            case .pattern(let pattern):
                text = pattern.replacing("*", with: random.pick(["", "x", "/y", "io/x"])).replacing("?", with: "x")
            }
        }
        while text.hasSuffix("/") { text.removeLast() }
        if random.chance(25) { text = String(text.trimmingPrefix("docker.io/").trimmingPrefix("library/")) }
        if random.chance(10) { text = "docker.io/" + text }
        if random.chance(10) { text = "index." + text }
        if random.chance(75) { text += (text.isEmpty || text.hasSuffix("-") ? "" : "/") + Self.path(&random, 2) }
        if random.chance(20) { text += random.pick(Self.versions) }
        return text
    }
}

// MARK: chains

extension RuleSet {
    /// Whether a key, a pattern or an exact image names the place of a rule's value outright.
    ///
    /// Told from the text alone, and on the safe side: ports are left out, and `index.docker.io` is taken for
    /// `docker.io` even where the file tells them apart.
    var isChain: Bool {
        let places = rules.map(Self.places)
        return rules.indices.contains { index in
            let names: [String]
            var own: [String] = []
            switch rules[index].key {
            case .fallback: return false
            case .place(let key): names = [Self.normal(key)]
            case .exact(let image): names = Self.canonicalNames(image)
            case .pattern(let pattern):
                let literal = String(pattern.prefix { !"*?[".contains($0) })
                names = literal.isEmpty ? [] : Self.canonicalNames(literal)
                // No pattern names its own value's place.
                own = places[index].map(\.written)
            }
            return places.joined().contains { place in
                !own.contains(place.written) && names.contains { Self.lies($0, at: place.name) }
            }
        }
    }

    private static func lies(_ name: String, at place: String) -> Bool {
        guard name.hasPrefix(place) else { return false }
        return place.hasSuffix("-") || name.dropFirst(place.count).first.map { "/:@".contains($0) } ?? true
    }

    /// The beginnings of all names at a rule's place, and how the rule writes that place.
    private static func places(of rule: Rule) -> [(name: String, written: String)] {
        rule.targets.flatMap { places(of: $0, rule.key) }
    }

    private static func places(of target: String, _ key: Key) -> [(name: String, written: String)] {
        var value = target
        if case .exact = key {
            // This one image, below `library/` too: another place than that of the same value of another rule.
            return canonicalNames(value).map { ($0, "[EXACT]" + value) }
        }
        while value.hasSuffix("/") { value.removeLast() }
        guard !value.isEmpty else { return [] }
        if value.hasSuffix("-"), !value.contains("/") {
            return ["", "docker.io/", "docker.io/library/"].map { ($0 + value.lowercased(), $0 + value) }
        }
        let name = canonicalNames(value)[0]
        let rest = name.trimmingPrefix("docker.io/")
        if !value.hasSuffix("-") || rest.contains("/") { return [(name, value)] }
        return [(name, value), ("docker.io/library/" + rest, value)]
    }

    /// A name without its port, its registry as canonical names have it.
    private static func normal(_ name: String) -> String {
        guard let end = name.firstIndex(of: "/") else { return registry(name) }
        return registry(name[..<end]) + name[end...]
    }

    private static func registry(_ text: some StringProtocol) -> String {
        var host = text.lowercased()
        if let port = host.lastIndex(of: ":"), !host.hasSuffix("]"), host[port...].dropFirst().allSatisfy(\.isNumber) {
            host = String(host[..<port])
        }
        return host == "index.docker.io" ? "docker.io" : host
    }

    /// What an image or the beginning of one may stand for: first with what its text leaves out of a registry.
    private static func canonicalNames(_ text: String) -> [String] {
        let end = text.firstIndex(of: "/") ?? text.endIndex
        let first = text[..<end]
        let isHost =
            first.contains(".") || first.contains(":") || first == "localhost" || first.contains(where: \.isUppercase)
        let name = isHost ? normal(text) : "docker.io/" + text
        var names = [name, normal(text), "docker.io/" + text, "docker.io/library/" + text]
        if name.hasPrefix("docker.io/") { names.append("docker.io/library/" + name.dropFirst(10)) }
        return names
    }
}
