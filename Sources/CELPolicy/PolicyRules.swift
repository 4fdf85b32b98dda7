internal import ImageSwap

/// A map file's rules as data for the policy's expressions. All of it are texts: Kubernetes takes no list or map whose
/// elements are of different types.
struct PolicyRules {
    var exact: [(name: String, value: CELText)] = []
    var patterns: [CELText] = []
    var keys: [CELText] = []
    var wildcards: [CELText] = []
    /// Nil: what no rule takes stays.
    var fallback: CELText?
    /// Where each value puts images: names, of which those that end in `-` are beginnings of names.
    var places: [(name: String, value: CELText)] = []
    /// All of those names.
    var allPlaces: [CELText] = []
    var exactPlaces: [CELText] = []
    let aliasing: Bool

    init(_ file: MapFile) throws(PolicyError) {
        if let secret = file.pullSecrets.first {
            throw PolicyError(
                line: secret.line,
                reason:
                    "it adds no pull secrets to pods; take these lines away, and name the Secrets in the pods' service"
                    + " accounts, or let the webhook serve")
        }
        if let place = file.verifiedPlaces.first {
            throw PolicyError(line: place.line, reason: "it asks no registry what is there")
        }
        if let rule = file.rules.first(where: { $0.targets.count > 1 }) {
            throw PolicyError(line: rule.line, reason: "it knows one target a rule")
        }
        aliasing = Rules(file).aliasing
        var values: Set<String> = []
        for rule in file.rules {
            if rule.key == .wildcards {
                wildcards = rule.value.split(separator: UInt8(ascii: ",")).map { .string(Self.text($0)) }
                continue
            }
            let target = Target.targets(of: rule, aliasing: aliasing).first
            let names = (target?.places ?? []).map { CELText.string(Self.text($0.name)) }
            let value = Self.text(rule.value)
            let mode = target.map { $0.isPrefix ? "prefix" : $0.takesPort ? "registry" : "rest" } ?? "stay"
            switch rule.key {
            case .wildcards: break
            case .fallback:
                if target != nil { fallback = CELText.map([("value", .string(value)), ("mode", .string(mode))]) }
            case .exact(let image):
                exact.append((Self.text(image), .string(Self.exactResult(rule, image))))
                exactPlaces += names
                continue
            case .pattern(let pattern): patterns.append(try Self.pattern(pattern, rule, value, mode))
            case .place(let key):
                let isPath = key.contains(UInt8(ascii: "/")) && mode != "stay" && mode != "prefix"
                keys.append(
                    .map([
                        ("name", .string(Self.text(key))), ("mode", .string(isPath ? "path" : mode)),
                        ("value", .string(value)),
                    ]))
            }
            if !names.isEmpty, values.insert(value).inserted {
                places.append((value, .list(names)))
                allPlaces += names
            }
        }
    }

    /// What an `[EXACT]` rule hands out: the image itself where that is no valid reference.
    private static func exactResult(_ rule: MapFile.Rule, _ image: [UInt8]) -> String {
        let isValid = (try? ImageReference(rule.value.span)) != nil
        return text(isValid ? rule.value : image)
    }

    /// A pattern whose only `*` stand at its ends; no other can be said in CEL without a regular expression.
    private static func pattern(
        _ pattern: [UInt8], _ rule: MapFile.Rule, _ value: String, _ mode: String
    ) throws(PolicyError) -> CELText {
        let star = UInt8(ascii: "*")
        let isAll = pattern.allSatisfy { $0 == star }
        let start = pattern.prefix { $0 == star }.count
        let end = isAll ? start : pattern.count - pattern.reversed().prefix { $0 == star }.count
        let literal = pattern[start..<end]
        guard !literal.contains(where: { "*?[".utf8.contains($0) }) else {
            throw PolicyError(
                line: rule.line,
                reason: "the pattern \(text(pattern)) has more in it than a * at its beginning or its end")
        }
        guard literal.allSatisfy({ $0 < 0x80 }) else {
            throw PolicyError(line: rule.line, reason: "the pattern \(text(pattern)) has characters besides ASCII")
        }
        let kind =
            switch (isAll, start > 0, end < pattern.count) {
            case (true, _, _): "all"
            case (_, true, true): "contains"
            case (_, true, false): "ends"
            case (_, false, true): "starts"
            default: "is"
            }
        return .map([
            ("kind", .string(kind)), ("literal", .string(text(literal))), ("mode", .string(mode)),
            ("value", .string(value)),
        ])
    }

    private static func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}

/// What CEL cannot say.
package struct PolicyError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Of the map file.
    package let line: Int
    package let reason: String

    package var description: String { "\(line): \(reason)" }
}
