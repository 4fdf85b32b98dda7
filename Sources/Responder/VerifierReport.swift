/// What imageswap-verifier tells of registries, as far as the status page shows it.
package struct VerifierReport: Equatable, Sendable {
    package struct Registry: Equatable, Sendable {
        package let name: String
        /// Images that were asked for, by what was answered in time.
        package fileprivate(set) var present: UInt64 = 0
        package fileprivate(set) var absent: UInt64 = 0
        package fileprivate(set) var unknown: UInt64 = 0
        /// Its breaker is open: it is not asked for a while.
        package fileprivate(set) var isLeftAlone = false

        fileprivate init(name: String) { self.name = name }

        package var questions: UInt64 { present &+ absent &+ unknown }
    }

    /// It told of itself just now.
    package let isAnswering: Bool
    /// Those that are left alone first, then those that were asked most; as many as a page has room for.
    package let registries: [Registry]

    /// Of 256 that a verifier knows at most.
    package static let mostRegistries = 32

    /// - Parameter metrics: The verifier's own, in Prometheus' text format; nil if it did not answer. Lines that it has for
    ///   others are passed over.
    package init(_ metrics: [UInt8]?) {
        isAnswering = metrics != nil
        var found: [String: Registry] = [:]
        for line in (metrics ?? []).split(separator: UInt8(ascii: "\n")) {
            guard let sample = Sample(String(decoding: line, as: UTF8.self)) else { continue }
            sample.add(to: &found[sample.registry, default: Registry(name: sample.registry)])
        }
        let ordered = found.values.sorted {
            if $0.isLeftAlone != $1.isLeftAlone { return $0.isLeftAlone }
            return ($1.questions, $0.name) < ($0.questions, $1.name)
        }
        registries = Array(ordered.prefix(Self.mostRegistries))
    }
}

/// A line of a registry's: `imageswap_verifier_questions_total{registry="a.io:5000",outcome="absent"} 3`. Names of registries
/// need no escapes.
private struct Sample {
    private static let questions = "imageswap_verifier_questions_total"
    private static let breaker = "imageswap_verifier_breaker_open"

    let registry: String
    private let name: String
    private let outcome: String?
    private let value: UInt64

    init?(_ line: String) {
        guard let open = line.firstIndex(of: "{"), let close = line.lastIndex(of: "}"), open < close else { return nil }
        let number = line[line.index(after: close)...].drop { $0 == " " }
        name = String(line[..<open])
        guard name == Self.questions || name == Self.breaker, let value = UInt64(number) else { return nil }
        self.value = value
        var registry: String?
        var outcome: String?
        for label in line[line.index(after: open)..<close].split(separator: ",") {
            let parts = label.split(separator: "\"", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[2].isEmpty else { return nil }
            if parts[0] == "registry=" { registry = String(parts[1]) }
            if parts[0] == "outcome=" { outcome = String(parts[1]) }
        }
        guard let registry else { return nil }
        (self.registry, self.outcome) = (registry, outcome)
    }

    func add(to entry: inout VerifierReport.Registry) {
        switch (name, outcome) {
        case (Self.breaker, _): entry.isLeftAlone = value != 0
        case (_, "present"): entry.present = value
        case (_, "absent"): entry.absent = value
        case (_, "unknown"): entry.unknown = value
        default: break
        }
    }
}
