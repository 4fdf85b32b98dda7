/// A map file's rules, compiled: tables by key and by place, so that ten thousand rules cost an image what ten do.
package struct Rules: Sendable {
    /// A rule that is not a pattern.
    struct Rule: Sendable {
        let line: RuleLine
        /// The key's length, compared with a place's: a key *names* a place that is no longer than itself.
        let keyLength: Int
        /// In order of preference; of none: leave it alone.
        let targets: [Target]
    }

    struct Pattern: Sendable {
        let line: RuleLine
        let pattern: ShellPattern
        let targets: [Target]
        /// The numbers of its own targets' places.
        let ownPlaces: [Int]
    }

    let rules: [Rule]
    /// `[EXACT]` strings, each with its index in `rules`.
    let exact: ByteTable
    /// `registry` and `registry/path` keys, each with its index in `rules`.
    let keys: ByteTable
    let patterns: [Pattern]
    let wildcards: [[UInt8]]
    /// The line of `noswap_wildcards`.
    let wildcardsLine: RuleLine?
    let fallback: Rule?

    /// The names of all rules' places: equal names have equal numbers.
    let places: ByteTable
    /// The names, with tag and digest, of what `[EXACT]` rules make; numbered with `places`.
    let exactPlaces: ByteTable
    /// The line of the rule that a place came from, by the place's number.
    let placeLines: [RuleLine]

    /// Whether `index.docker.io` means `docker.io`.
    package let aliasing: Bool

    /// What pods need to pull their images; nil where the file says nothing of it.
    package let pullSecrets: PullSecrets?

    /// Where results are handed out only if they are there; nil where the file says nothing of it.
    package let verifiedPlaces: VerifiedPlaces?

    /// Whether an image that an `[EXACT]` rule made may have got a digest since.
    let pinsExact: Bool

    /// How many rules of a kind there are.
    package let count: (exact: Int, pattern: Int, place: Int, wildcard: Int, fallback: Int)

    /// Whether there is nothing that could swap an image, or give a pod a pull secret.
    package var isEmpty: Bool {
        rules.isEmpty && patterns.isEmpty && fallback?.targets.isEmpty != false && pullSecrets == nil
    }

    package init(_ file: MapFile) {
        let aliasing = !file.rules.contains { $0.key == .place(Array("index.docker.io".utf8)) }
        var rules: [Rule] = []
        var exact = ByteTable()
        var keys = ByteTable()
        var patterns: [Pattern] = []
        var wildcards: [[UInt8]] = []
        var wildcardsLine: RuleLine?
        var fallback: Rule?
        var places = PlaceTables()
        for rule in file.rules where rule.key != .wildcards {
            let targets = Target.targets(of: rule, aliasing: aliasing)
            let own = targets.flatMap(\.places).map { places.insert($0, line: RuleLine(rule)) }
            func compiled(_ key: [UInt8]) -> Rule { Rule(line: RuleLine(rule), keyLength: key.count, targets: targets) }
            switch rule.key {
            case .fallback: fallback = compiled([])
            case .wildcards: break
            case .exact(let image):
                exact.insert(image, number: rules.count)
                rules.append(compiled(image))
            case .place(let key):
                keys.insert(key, number: rules.count)
                rules.append(compiled(key))
            case .pattern(let text):
                patterns.append(
                    Pattern(line: RuleLine(rule), pattern: ShellPattern(text), targets: targets, ownPlaces: own))
            }
        }
        if let rule = file.rules.first(where: { $0.key == .wildcards }) {
            wildcards = rule.value.split(separator: UInt8(ascii: ",")).map(Array.init)
            wildcardsLine = RuleLine(rule)
        }
        self.rules = rules
        self.exact = exact
        self.keys = keys
        self.patterns = patterns
        self.wildcards = wildcards
        self.wildcardsLine = wildcardsLine
        self.fallback = fallback
        self.places = places.below
        self.exactPlaces = places.exact
        self.placeLines = places.lines
        self.aliasing = aliasing
        self.pullSecrets = PullSecrets(file.pullSecrets, aliasing: aliasing)
        verifiedPlaces = VerifiedPlaces(file, aliasing: aliasing)
        pinsExact = !places.exact.isEmpty && verifiedPlaces?.pins == true
        let exacts = file.rules.count { if case .exact = $0.key { true } else { false } }
        let fallbacks = fallback?.targets.isEmpty != false ? 0 : 1
        count = (exacts, patterns.count, rules.count - exacts, wildcards.count, fallbacks)
    }
}

/// What an image becomes under a rule: one of the value's targets, and where it puts images.
package struct Target: Sendable {
    package let text: [UInt8]
    package let places: [Place]
    /// The whole image is appended, instead of what is left of it.
    package let isPrefix: Bool
    /// Only a registry, without a port: an image's own port moves along.
    package let takesPort: Bool

    /// In order of preference.
    package static func targets(of rule: MapFile.Rule, aliasing: Bool) -> [Target] {
        let isExact = if case .exact = rule.key { true } else { false }
        return rule.targets.map { Target($0, isExact: isExact, aliasing: aliasing) }
    }

    private init(_ text: [UInt8], isExact: Bool, aliasing: Bool) {
        self.text = text
        if isExact {
            places = Place.exact(text, aliasing: aliasing).map { [$0] } ?? []
            isPrefix = false
            takesPort = false
        } else {
            places = Place.places(of: text, aliasing: aliasing)
            isPrefix = text.last == UInt8(ascii: "-")
            let sample = try? ImageReference((text + Array("/x".utf8)).span)
            let isRegistry = sample?.registryEnd == text.count
            takesPort = isRegistry && sample?.hasPort == false
        }
    }
}

/// Places, numbered by their names.
private struct PlaceTables {
    private(set) var below = ByteTable()
    private(set) var exact = ByteTable()
    private(set) var lines: [RuleLine] = []
    private var numbers = ByteTable()

    mutating func insert(_ place: Place, line: RuleLine) -> Int {
        let number = numbers.insert(place.name, number: lines.count)
        if number == lines.count { lines.append(line) }
        switch place.extent {
        case .below, .prefix: below.insert(place.name, number: number)
        case .exact: exact.insert(place.name, number: number)
        }
        return number
    }
}
