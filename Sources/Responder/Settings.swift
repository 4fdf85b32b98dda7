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
    /// The certificate that nginx serves, without its key, for the metric of its end.
    package var certificate: String?
    package var podName: String?
    package var namespaceName: String?

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
        certificate = set["IMAGESWAP_TLS_CERT"]
        podName = set["IMAGESWAP_POD_NAME"]
        namespaceName = set["IMAGESWAP_NAMESPACE_NAME"]
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
