// What imageswap-init tells Prometheus, through a file that the node exporter's textfile collector or nginx hands out.

/// The numbers of a keeper, since it started.
package struct KeeperMetrics: Sendable {
    package var certificateEnd: Int64?
    package var authorityEnd: Int64?
    package var lastSuccess: Int64?
    package var looks = 0
    package var failedLooks = 0
    package var writtenPairs = 0
    package var isChanging = false

    package init() {}

    /// Text format 0.0.4: https://prometheus.io/docs/instrumenting/exposition_formats/.
    package var text: String {
        var text = ""
        func add(_ name: String, _ type: String, _ help: String, _ value: Int64?) {
            guard let value else { return }
            text += "# HELP imageswap_init_\(name) \(help)\n# TYPE imageswap_init_\(name) \(type)\n"
            text += "imageswap_init_\(name) \(value)\n"
        }
        add("certificate_expiry_timestamp_seconds", "gauge", "End of the serving certificate.", certificateEnd)
        add("ca_expiry_timestamp_seconds", "gauge", "End of the authority that signed it.", authorityEnd)
        add("last_success_timestamp_seconds", "gauge", "Last look that found nothing wrong.", lastSuccess)
        add("ca_change_in_progress", "gauge", "1 while a change of authority is under way.", isChanging ? 1 : 0)
        add("looks_total", "counter", "Looks at the certificate and the webhook configuration.", Int64(looks))
        add("failed_looks_total", "counter", "Looks that found something wrong.", Int64(failedLooks))
        add("certificates_written_total", "counter", "Pairs that were put to use.", Int64(writtenPairs))
        return text
    }
}
