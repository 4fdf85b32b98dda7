package import Admission
package import Logging

/// What users set, by environment variables that the original has too.
package struct Settings: Equatable, Sendable {
    package enum Mode: Equatable, Sendable {
        /// `MAPS`: by the rules of a map file.
        case maps(file: String)
        /// `LEGACY`: everything under one prefix.
        case legacy(prefix: String)
    }

    package var mode = Mode.maps(file: "/app/maps/imageswap-maps.conf")
    package var reviews = Reviewer.Options()
    /// The label that keeps an object from being swapped.
    package var disableLabel: String {
        get { reviews.label }
        set { reviews.label = newValue }
    }
    package var logLevel = Logger.Level.info
    /// Any invalid line rejects the map file as a whole.
    package var isStrict = false
    /// Where namespaces' own map files are.
    package var namespaceMaps: String?
    /// Who is asked what registries have; nil: nobody, so that it is not known.
    package var verification: Verification?
    /// The certificate that nginx serves, without its key, for the metric of its end.
    package var certificate: String?
    package var podName: String?
    package var namespaceName: String?

    /// How imageswap-verifier is asked.
    package struct Verification: Equatable, Sendable {
        /// Its socket.
        package let socket: String
        /// For all images of a review together.
        package let deadline: Duration
    }

    package init() {}

    /// Reads the settings from an environment. One that is empty counts as not set.
    package init(environment: [String: String]) throws(SettingError) {
        let set = environment.filter { !$0.value.isEmpty }
        let mode = set["IMAGESWAP_MODE"] ?? "MAPS"
        switch mode.uppercased() {
        case "MAPS": self.mode = .maps(file: set["IMAGESWAP_MAPS_FILE"] ?? "/app/maps/imageswap-maps.conf")
        case "LEGACY": self.mode = .legacy(prefix: set["IMAGE_PREFIX"] ?? "")
        default: throw SettingError(name: "IMAGESWAP_MODE", value: mode, allowed: "MAPS or LEGACY")
        }
        if let label = set["IMAGESWAP_DISABLE_LABEL"] {
            guard LabelKey.isValid(label) else {
                throw SettingError(
                    name: "IMAGESWAP_DISABLE_LABEL", value: label,
                    allowed: "a label's key, such as k8s.twr.io/imageswap")
            }
            disableLabel = label
        }
        if let level = set["IMAGESWAP_LOG_LEVEL"] {
            guard let known = Self.logLevels[level.uppercased()] else {
                throw SettingError(
                    name: "IMAGESWAP_LOG_LEVEL", value: level,
                    allowed: "TRACE, DEBUG, INFO, NOTICE, WARNING, ERROR or CRITICAL")
            }
            logLevel = known
        }
        func boolean(_ name: String) throws(SettingError) -> Bool {
            guard let value = set[name] else { return false }
            guard let known = Self.booleans[value.lowercased()] else {
                throw SettingError(name: name, value: value, allowed: "true or false")
            }
            return known
        }
        isStrict = try boolean("IMAGESWAP_STRICT_MAPS")
        reviews.isTrial = try boolean("IMAGESWAP_AUDIT")
        reviews.ignoresLabels = try boolean("IMAGESWAP_IGNORE_LABELS")
        reviews.warns = try boolean("IMAGESWAP_WARN")
        if case .maps = self.mode { namespaceMaps = set["IMAGESWAP_NAMESPACE_MAPS_DIR"] }
        reviews.keepsUnknown = try Self.keepsUnknown(set)
        verification = try Self.verification(set)
        certificate = set["IMAGESWAP_TLS_CERT"]
        podName = set["IMAGESWAP_POD_NAME"]
        namespaceName = set["IMAGESWAP_NAMESPACE_NAME"]
    }

    private static func keepsUnknown(_ set: [String: String]) throws(SettingError) -> Bool {
        switch set["IMAGESWAP_VERIFY_UNKNOWN"]?.lowercased() {
        case nil, "swap": false
        case "keep": true
        case .some(let value):
            throw SettingError(name: "IMAGESWAP_VERIFY_UNKNOWN", value: value, allowed: "swap or keep")
        }
    }

    /// No longer, so that a review that waits is never taken for a stuck one.
    private static let longestVerification = 1000

    private static func verification(_ set: [String: String]) throws(SettingError) -> Verification? {
        let text = set["IMAGESWAP_VERIFY_DEADLINE"] ?? "300ms"
        let milliseconds =
            if text.hasSuffix("ms") { Int(text.dropLast(2)) } else {
                text.hasSuffix("s") ? Int(text.dropLast()).flatMap(Self.milliseconds) : nil
            }
        guard let milliseconds, (10...longestVerification).contains(milliseconds) else {
            throw SettingError(name: "IMAGESWAP_VERIFY_DEADLINE", value: text, allowed: "a time from 10ms to 1000ms")
        }
        return set["IMAGESWAP_VERIFIER_SOCKET"].map {
            Verification(socket: $0, deadline: .milliseconds(milliseconds))
        }
    }

    private static func milliseconds(_ seconds: Int) -> Int? {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        return overflow ? nil : product
    }

    private static let booleans = ["true": true, "1": true, "yes": true, "false": false, "0": false, "no": false]

    /// Python's names too, which users of the original have.
    private static let logLevels: [String: Logger.Level] = [
        "TRACE": .trace, "DEBUG": .debug, "INFO": .info, "NOTICE": .notice, "WARNING": .warning, "WARN": .warning,
        "ERROR": .error, "CRITICAL": .critical, "FATAL": .critical,
    ]
}

/// A setting's value that is none of those allowed.
package struct SettingError: Error, Equatable, CustomStringConvertible {
    package let name: String
    package let value: String
    package let allowed: String

    package var description: String { "\(name) is \(value.debugDescription): it must be \(allowed)" }
}
