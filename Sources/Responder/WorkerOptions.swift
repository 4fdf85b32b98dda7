package import Logs

/// What a worker was started with.
package struct WorkerOptions: Equatable, Sendable {
    package var threads = 8
    /// A request that takes longer pins its thread for good: the worker ends, and is replaced.
    package var requestTimeout = Duration.seconds(2)
    /// How long requests in hand may take once the worker is to end.
    package var grace = Duration.seconds(25)
    /// Bytes of a body at most: real ones reach 19 MB.
    package var longestBody = 32 << 20
    package var logFormat = LogFormat.text
    package var supervision: Supervision?

    /// What a supervisor hands to its worker.
    package struct Supervision: Equatable, Sendable {
        /// Its process id: the worker ends with it.
        package let process: Int32
        /// The descriptor that `WorkerReport`s go to.
        package let report: Int32
        /// The descriptor of the shared metrics, and the worker's slot in them.
        package let metrics: Int32
        package let slot: Int
        /// The map file that the supervisor has checked; nil in LEGACY mode.
        package let rules: String?
        /// The namespaces' own that it has checked, in one file; nil where there is no directory of them.
        package let namespaceRules: String?

        package init(
            process: Int32, report: Int32, metrics: Int32, slot: Int, rules: String?, namespaceRules: String? = nil
        ) {
            self.process = process
            self.report = report
            self.metrics = metrics
            self.slot = slot
            self.rules = rules
            self.namespaceRules = namespaceRules
        }
    }

    package init() {}
}
