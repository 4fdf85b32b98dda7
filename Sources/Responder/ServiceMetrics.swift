internal import Admission
internal import ImageSwap
private import Metrics
package import Posix

/// What this service counts: reviews by outcome, images by decision.
package final class ServiceMetrics: Sendable {
    private enum Counter {
        static let outcomes = Reviewer.Outcome.allCases.count
        /// Behind the outcomes: bodies that were no review.
        static let badRequest = outcomes
        static let firstDecision = badRequest + 1
        static let count = firstDecision + Decision.allCases.count
    }

    private let counters: SharedCounters

    /// - Parameter workers: How many processes count; each has a slot of its own.
    package init(workers: Int = 1) throws(Errno) {
        counters = try SharedCounters(counters: Counter.count, slots: workers)
    }

    func count(_ outcome: Reviewer.Outcome, worker: Int) {
        counters.add(to: outcome.rawValue, slot: worker)
    }

    func countBadRequest(worker: Int) {
        counters.add(to: Counter.badRequest, slot: worker)
    }

    func count(_ decision: Decision, worker: Int) {
        counters.add(to: Counter.firstDecision + decision.rawValue, slot: worker)
    }

    /// All of it, in Prometheus' text format.
    var text: [UInt8] {
        var text = PrometheusText()
        var outcomes = Reviewer.Outcome.allCases.map { ($0.name, counters.sum(of: $0.rawValue)) }
        outcomes.append(("bad_request", counters.sum(of: Counter.badRequest)))
        text.counter(
            "imageswap_admission_reviews_total", help: "Admission reviews answered, by what became of them.",
            label: "outcome", outcomes)
        text.counter(
            "imageswap_images_total", help: "Images looked at, by the step that decided about them.",
            label: "decision",
            Decision.allCases.map { ($0.name, counters.sum(of: Counter.firstDecision + $0.rawValue)) })
        return text.bytes
    }
}
