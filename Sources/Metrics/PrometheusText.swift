/// Metrics in the Prometheus text format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format).
package struct PrometheusText: Sendable {
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package enum Kind: String, Sendable {
        case counter, gauge
    }

    package struct Sample: Sendable {
        let labels: [(name: String, value: String)]
        let value: Number

        /// - Parameter labels: Their values may be any text.
        package init(_ labels: [(name: String, value: String)] = [], _ value: Number) {
            self.labels = labels
            self.value = value
        }

        package init(_ labels: [(name: String, value: String)] = [], _ value: UInt64) {
            self.init(labels, Number(value))
        }
    }

    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Writes a metric with its samples; nothing if it has none.
    ///
    /// - Parameters:
    ///   - name: A counter's ends in `_total`.
    ///   - help: One line that says what it is.
    package mutating func add(_ kind: Kind, _ name: String, help: String, _ samples: [Sample]) {
        guard !samples.isEmpty else { return }
        head(name, kind.rawValue, help)
        for sample in samples { add(name, sample.labels, sample.value) }
    }

    /// Writes a metric of one sample without labels.
    package mutating func add(_ kind: Kind, _ name: String, help: String, _ value: Number) {
        add(kind, name, help: help, [Sample([], value)])
    }

    /// Writes a histogram.
    package mutating func add(_ name: String, help: String, _ totals: Histogram.Totals) {
        head(name, "histogram", help)
        for (bound, count) in totals.buckets { add("\(name)_bucket", [("le", bound.description)], Number(count)) }
        add("\(name)_bucket", [("le", "+Inf")], Number(totals.count))
        add("\(name)_sum", [], totals.sum)
        add("\(name)_count", [], Number(totals.count))
    }

    private mutating func head(_ name: String, _ kind: String, _ help: String) {
        append("# HELP \(name) \(Self.escape(help, quote: false))\n# TYPE \(name) \(kind)\n")
    }

    private mutating func add(_ name: String, _ labels: [(name: String, value: String)], _ value: Number) {
        append(name)
        for (number, label) in labels.enumerated() {
            append("\(number == 0 ? "{" : ",")\(label.name)=\"\(Self.escape(label.value, quote: true))\"")
        }
        append("\(labels.isEmpty ? "" : "}") \(value)\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private static func escape(_ text: String, quote: Bool) -> String {
        var escaped = ""
        for character in text.unicodeScalars {
            switch character {
            case "\\": escaped += #"\\"#
            case "\"" where quote: escaped += #"\""#
            case "\n": escaped += #"\n"#
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}
