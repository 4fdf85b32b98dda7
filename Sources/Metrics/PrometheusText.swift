/// Metrics in the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
package struct PrometheusText: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes a counter with its samples.
    ///
    /// - Parameters:
    ///   - name: Ends in `_total`.
    ///   - help: One line that says what is counted.
    ///   - label: The one label's name; its values are escaped.
    package mutating func counter(
        _ name: String, help: String, label: String, _ samples: [(value: String, count: UInt64)]
    ) {
        append("# HELP \(name) \(help)\n# TYPE \(name) counter\n")
        for sample in samples {
            append("\(name){\(label)=\"\(Self.escape(sample.value))\"} \(sample.count)\n")
        }
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escape(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += #"\\"#
            case "\"": escaped += #"\""#
            case "\n": escaped += #"\n"#
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
