/// A reader of Prometheus' text format 0.0.4 that takes nothing but what is right, line by line.
struct PrometheusFormat {
    struct Fault: Error, Equatable {
        let line: String
        let problem: String
    }

    /// The samples by their name and labels, as written.
    private(set) var samples: [String: Double] = [:]
    private(set) var types: [String: String] = [:]
    private var helped: String?
    private var current = ""
    private var lastBucket: (series: String, count: Double) = ("", 0)

    init(_ text: String) throws(Fault) {
        guard text.hasSuffix("\n") else { throw Fault(line: text.suffix(80) + "", problem: "no newline at the end") }
        for line in text.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            func fault(_ problem: String) -> Fault { Fault(line: line, problem: problem) }
            if let match = line.wholeMatch(of: /# HELP ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)/) {
                guard helped == nil, types[String(match.1)] == nil else { throw fault("help in the wrong place") }
                guard match.2.wholeMatch(of: /([^\\]|\\\\|\\n)+/) != nil else { throw fault("escape") }
                helped = String(match.1)
            } else if let match = line.wholeMatch(of: /# TYPE ([a-zA-Z_:][a-zA-Z0-9_:]*) (counter|gauge|histogram)/) {
                guard helped == String(match.1) else { throw fault("type without help") }
                current = String(match.1)
                helped = nil
                types[current] = String(match.2)
            } else {
                guard helped == nil else { throw fault("help without type") }
                try add(line)
            }
        }
        if helped != nil { throw Fault(line: text.suffix(80) + "", problem: "help without type") }
    }

    private mutating func add(_ line: String) throws(Fault) {
        func fault(_ problem: String) -> Fault { Fault(line: line, problem: problem) }
        let label = #/[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\\\|\\"|\\n)*"/#
        guard let match = line.wholeMatch(of: #/([a-zA-Z_:][a-zA-Z0-9_:]*)(\{.+\})? ([0-9]+(?:\.[0-9]+)?)/#),
            let value = Double(match.3)
        else { throw fault("no sample") }
        let name = String(match.1)
        var rest = (match.2 ?? "{}").dropFirst()
        var labels: [String] = []
        while let found = rest.prefixMatch(of: label) {
            labels.append(String(found.output))
            rest = rest[found.range.upperBound...]
            guard rest.hasPrefix(",") else { break }
            rest = rest.dropFirst()
        }
        guard rest == "}", Set(labels.map { $0.prefix { $0 != "=" } }).count == labels.count else {
            throw fault("labels")
        }
        let series = name + labels.sorted().joined(separator: ",")
        guard samples.updateValue(value, forKey: name + (match.2 ?? "")) == nil else { throw fault("twice") }
        switch types[current] {
        case "counter" where name == current && name.hasSuffix("_total"), "gauge" where name == current: break
        case "histogram" where name == current + "_bucket":
            guard value >= lastBucket.count || lastBucket.series != current else { throw fault("buckets sink") }
            lastBucket = (current, value)
        case "histogram" where name == current + "_sum": break
        case "histogram" where name == current + "_count":
            guard lastBucket == (current, value), samples["\(current)_bucket{le=\"+Inf\"}"] == value else {
                throw fault("the count is not that of the buckets")
            }
        default: throw fault("\(series) under \(current)")
        }
    }
}
