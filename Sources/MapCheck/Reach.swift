import ImageSwap

/// Where images lie once a file's rules have done their work: at the places of its values, and where a rule leaves them.
///
/// An image that lies elsewhere since its pod names it there and no rule says anything of that place does not count:
/// else no slip in a place's name would ever be told of.
struct Reach {
    private let rules: CheckedRules
    private var made: [(region: Region, line: RuleLine)] = []
    private var left: [Region] = []
    private var wildcards: [String] = []

    init(_ rules: CheckedRules) {
        self.rules = rules
        for rule in rules.file.rules {
            if rule.key == .wildcards {
                wildcards = rule.value.split(separator: UInt8(ascii: ",")).map(\.text)
                continue
            }
            let targets = Target.targets(of: rule, aliasing: rules.aliasing)
            made += targets.flatMap(\.places).map { (Region($0), RuleLine(rule)) }
            if targets.isEmpty { left += names(of: rule).map { Region($0, of: rule) } }
        }
    }

    /// Whether images that need the secret can lie at its place.
    func holds(_ secret: MapFile.PullSecret) -> Bool {
        let own = secret.places(aliasing: rules.aliasing).map(Region.init)
        return wildcards.contains { secret.place.text.contains($0) }
            || own.contains { one in made.contains { one.meets($0.region) } || left.contains(where: one.meets) }
    }

    /// Whether a rule puts images at any of these places.
    func isMade(at places: [Place]) -> Bool {
        let own = places.map(Region.init)
        return own.contains { one in made.contains { one.meets($0.region) } }
    }

    /// A value's place on the same host: most likely what was meant.
    func nearest(to place: Place) -> String? {
        let host = Region(place).host
        guard let near = made.first(where: { $0.region.host == host }) else { return nil }
        return "\(rules.name(near.line)) puts images at \(near.region.name.text)"
    }
}

/// A part of the canonical names of images.
struct Region {
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

/// Whether an image can lie at a line's place; where none can, that was told of when the line was read.
func isPlace(_ place: [UInt8]) -> Bool {
    (try? ImageReference((place + Array(place.last == UInt8(ascii: "-") ? "docker.io/x".utf8 : "/x".utf8)).span)) != nil
}
