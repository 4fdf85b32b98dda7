// What imageswap-init pull-secrets tells of itself: for probes, and for Prometheus.

/// The numbers of a keeper of copies, since it started.
package struct PullSecretStatus: Sendable {
    package internal(set) var wanted = 0
    package internal(set) var inPlace = 0
    /// Places that someone else's Secret has taken.
    package internal(set) var foreign = 0
    /// Whether each Secret is there to be copied.
    package internal(set) var sources: [String: Bool] = [:]
    package internal(set) var created = 0
    package internal(set) var updated = 0
    package internal(set) var deleted = 0
    package internal(set) var failures = 0
    /// Seconds since 1970; 0: there was none yet.
    package internal(set) var lastSuccess: Int64 = 0
    /// Whether the policy was found to hold us, and all that has to be known is.
    package internal(set) var isReady = false

    package init(names: [String]) {
        for name in names { sources[name] = false }
    }

    /// Text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/.
    package var text: String {
        var text = ""
        func add(_ name: String, _ type: String, _ help: String, _ samples: [(labels: String, value: Int64)]) {
            guard !samples.isEmpty else { return }
            let name = "imageswap_pull_secrets_\(name)"
            text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
            for sample in samples { text += "\(name)\(sample.labels) \(sample.value)\n" }
        }
        func add(_ name: String, _ type: String, _ help: String, _ value: Int64) {
            add(name, type, help, [("", value)])
        }
        add("wanted", "gauge", "Copies that there should be.", Int64(wanted))
        add("in_place", "gauge", "Copies that are there and hold what they should.", Int64(inPlace))
        add(
            "foreign", "gauge", "Places of copies that a Secret of someone else has taken; it is left alone.",
            Int64(foreign))
        // Names of Secrets hold nothing that would have to be escaped.
        add(
            "source_ready", "gauge", "Whether the Secret is there to be copied.",
            sources.sorted { $0.key < $1.key }.map { ("{secret=\"\($0.key)\"}", $0.value ? 1 : 0) })
        add(
            "writes_total", "counter", "Copies that were made, changed or taken away.",
            [("create", created), ("update", updated), ("delete", deleted)].map {
                ("{action=\"\($0.0)\"}", Int64($0.1))
            })
        add("failures_total", "counter", "Looks at the copies that found or met something wrong.", Int64(failures))
        add("last_success_timestamp_seconds", "gauge", "Last look that found nothing wrong; 0: none yet.", lastSuccess)
        return text
    }
}
