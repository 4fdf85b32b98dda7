package import Admission
package import FastCGI
private import ImageSwap
package import Logging
package import Logs
private import Metrics
package import Posix

/// What the threads of a worker share.
package struct WorkerContext: Sendable {
    package let rules: RuleStore
    package let stamps: RequestStamps
    package let reviews: Reviewer.Options
    package let verification: Settings.Verification?
    package let metrics: ServiceMetrics
    /// This worker's slot among those that count.
    package let worker: Int
    package let podName: String
    package let log: Logger
    /// Where the lines of reviews go.
    package let logSink: LogSink
    /// Bytes of a body at most.
    package let longestBody: Int
    /// Called by each thread once it has answered its first request.
    package let firstAnswer: @Sendable () -> Void
}

/// Answers the requests of one thread, route by route.
package struct WorkerHandler: Handler {
    private let context: WorkerContext
    private let metrics: WorkerMetrics
    private var reviewLog: ReviewLog
    private var reviewer: Reviewer
    private var body: [UInt8] = []
    private let place: Int
    private var hasAnswered = false
    /// When the request in hand was there.
    private var start = MonotonicTime.now
    private var starvation = Recurrence()
    private let verifier: VerifierClient?
    private var verifierFails = Recurrence()

    package init(_ context: WorkerContext) {
        self.context = context
        metrics = context.metrics.worker(context.worker)
        reviewLog = ReviewLog(sink: context.logSink, level: context.log.logLevel)
        reviewer = Reviewer(context.reviews)
        verifier = context.verification.map { VerifierClient(socket: $0.socket, deadline: $0.deadline) }
        place = context.stamps.claim()
    }

    package mutating func accepted() {
        context.stamps.begin(place)
        metrics.threadBusy()
    }

    package mutating func released() {
        metrics.threadIdle()
        context.stamps.end(place)
    }

    package mutating func handle(_ request: inout Request) {
        answer(&request)
        if !hasAnswered {
            hasAnswered = true
            context.firstAnswer()
        }
    }

    private mutating func answer(_ request: inout Request) {
        if request.hasParameter("DOCUMENT_URI", "/") {
            if request.method == .post { review(&request) } else { refuse(&request, allowed: "POST") }
        } else if request.hasParameter("DOCUMENT_URI", "/healthz") {
            get(&request, "application/json") { Health(podName: context.podName).json(at: .now) }
        } else if request.hasParameter("DOCUMENT_URI", "/readyz") {
            // A worker has its rules before it takes requests, and takes none once it is to end.
            get(&request, "text/plain; charset=utf-8") { Array("ready\n".utf8) }
        } else if request.hasParameter("DOCUMENT_URI", "/metrics") {
            get(&request, PrometheusText.contentType) { context.metrics.text + (verifier?.statistics() ?? []) }
        } else if request.hasParameter("DOCUMENT_URI", "/status") {
            status(&request)
        } else {
            Self.answer(
                &request, 404, "there is nothing here: POST / takes reviews, GET /healthz and /metrics tell of it")
        }
    }

    package mutating func starved(_ error: Errno) {
        guard starvation.isDue(at: .now) else { return }
        context.log.error("no connection can be taken, trying on: \(error)")
    }

    // MARK: routes

    private mutating func review(_ request: inout Request) {
        start = .now
        defer { Request.trim(&body) }
        guard request.hasJSONBody else {
            return refuse(&request, 415, "the Content-Type must be application/json")
        }
        do throws(BodyError) {
            try request.readBody(into: &body, limit: context.longestBody)
        } catch {
            return refuse(&request, error)
        }
        let outcome: Reviewer.Outcome
        var rules = context.rules.current
        let body = body
        do throws(ReviewError) {
            try reviewer.read(body.span)
            if let namespaces = rules.namespaces {
                let texts = reviewer.review.texts
                rules = namespaces.rules(of: texts.span.extracting(reviewer.review.namespace.range)) ?? rules
            }
            reviewer.decide(under: rules.policy)
            if !reviewer.questions.isEmpty { verify() }
            outcome = try reviewer.answer(body.span, under: rules.policy, ruleSet: rules.digest)
        } catch {
            return refuse(&request, 400, error.description, bytes: body.count)
        }
        count(outcome, rules)
        _ = request.respond(status: 200, contentType: "application/json", body: reviewer.answer.span)
        reviewLog.write(outcome, reviewer, duration: MonotonicTime.now - start)
    }

    /// Learns what is there of what the review's images may become, as far as that is to be learned in time.
    private mutating func verify() {
        guard let verifier else { return }
        let (presence, outcome) = verifier.ask(reviewer.questions.images)
        reviewer.settle(presence)
        metrics.verification(outcome)
        guard let failure = verifier.lastFailure, verifierFails.isDue(at: .now) else { return }
        context.log.warning("\(failure); what registries have is taken for unknown")
    }

    private func count(_ outcome: Reviewer.Outcome, _ rules: RuleSet) {
        let (texts, results) = (reviewer.review.texts, reviewer.results)
        for image in reviewer.images {
            metrics.image(
                image.swap, texts.span.extracting(image.field.image.range), to: results.span.extracting(image.result),
                rules: rules.generation)
        }
        if outcome == .patched || outcome == .wouldPatch {
            metrics.keepSwaps(of: reviewer, isTrial: outcome == .wouldPatch)
        }
        metrics.review(
            reviewer.review.operation, WorkloadKind(texts.span.extracting(reviewer.review.kind.range)), outcome,
            from: start, bytes: body.count)
    }

    /// nginx hands it over from the monitoring listener alone: names of objects are nobody's else.
    private func status(_ request: inout Request) {
        let status = {
            context.metrics.status(
                podName: context.podName, verifier: verifier.map { VerifierReport($0.statistics()) })
        }
        if request.asks(for: "format", "json") {
            get(&request, "application/json", StatusPage.headers) { status().json.bytes }
        } else {
            get(&request, StatusPage.contentType, StatusPage.headers) { StatusPage(status()).bytes }
        }
    }

    private func get(
        _ request: inout Request, _ contentType: String, _ headers: [(name: String, value: String)] = [],
        _ body: () -> [UInt8]
    ) {
        guard request.method == .get || request.method == .head else {
            return refuse(&request, allowed: "GET, HEAD")
        }
        _ = request.respond(
            status: 200, contentType: contentType, headers: [("Cache-Control", "no-store")] + headers, body: body())
    }

    private func refuse(_ request: inout Request, allowed: String) {
        Self.answer(&request, 405, "this path takes \(allowed)", [("Allow", allowed)])
    }

    private func refuse(_ request: inout Request, _ error: BodyError) {
        switch error {
        case .tooLarge(let limit): refuse(&request, 413, "the body is longer than \(limit) bytes")
        case .lengthMissing: refuse(&request, 400, "the body is empty, an AdmissionReview was expected")
        case .lengthInvalid: refuse(&request, 400, "the Content-Length is no number")
        case .cut(let received, let announced, _):
            refuse(&request, 400, "the body was cut: \(received) of \(announced) bytes came (byte \(received))")
        case .surplus(let announced):
            refuse(&request, 400, "the body is longer than announced (byte \(announced))")
        }
    }

    /// Refuses what came in place of a review; `why` is ours, and holds nothing of the body.
    private func refuse(_ request: inout Request, _ status: Int, _ why: String, bytes: Int? = nil) {
        metrics.badRequest(from: start, bytes: bytes)
        context.log.info("review refused: \(why)")
        Self.answer(&request, status, why)
    }

    private static func answer(
        _ request: inout Request, _ status: Int, _ line: String, _ headers: [(name: String, value: String)] = []
    ) {
        _ = request.respond(
            status: status, contentType: "text/plain; charset=utf-8", headers: headers, body: Array("\(line)\n".utf8))
    }
}

/// What happens again and again, and is told of every ten seconds.
private struct Recurrence {
    private var toldAt: MonotonicTime?

    mutating func isDue(at now: MonotonicTime) -> Bool {
        if let toldAt, now - toldAt < .seconds(10) { return false }
        toldAt = now
        return true
    }
}

extension Request {
    /// Whether the query has this pair, spelt just so.
    fileprivate func asks(for name: String, _ value: String) -> Bool {
        parameter("QUERY_STRING")?.split(separator: "&").contains { $0 == "\(name)=\(value)" } ?? false
    }

    /// `application/json` in any case, whatever its parameters (RFC 9110, section 8.3.1).
    fileprivate var hasJSONBody: Bool {
        withParameter("CONTENT_TYPE") { text in
            let wanted = "application/json".utf8
            guard text.count >= wanted.count else { return false }
            var index = 0
            for byte in wanted {
                guard text[index] | 0x20 == byte | 0x20 else { return false }
                index += 1
            }
            while index < text.count, text[index] == UInt8(ascii: " ") || text[index] == UInt8(ascii: "\t") {
                index += 1
            }
            return index == text.count || text[index] == UInt8(ascii: ";")
        } ?? false
    }
}
