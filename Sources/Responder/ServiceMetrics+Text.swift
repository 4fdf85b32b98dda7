private import Admission
private import ImageSwap
internal import Metrics

extension ServiceMetrics {
    /// All of it, in Prometheus' text format. What was never counted is left out where there are many combinations.
    package var text: [UInt8] {
        let processes = ServiceProcesses(layout, memory)
        var text = PrometheusText()
        addReviews(&text)
        addImages(&text)
        addVerifications(&text)
        addRules(&text, processes.workers)
        addNamespaceRules(&text)
        addWorkers(&text, processes.workers)
        let expiry = layout.common.value(.certificateExpiry, in: memory)
        if expiry > 0 {
            text.add(
                .gauge, "imageswap_tls_certificate_expiry_timestamp_seconds",
                help: "Unix time at which the serving certificate ends.", Number(expiry))
        }
        text.add(
            .gauge, "imageswap_build_info", help: "The program, and the compiler that made it; always 1.",
            [.init([("version", imageSwapVersion), ("swift", compilerVersion)], 1)])
        processes.add(to: &text)
        return text.bytes
    }

    private func addReviews(_ text: inout PrometheusText) {
        var samples: [PrometheusText.Sample] = []
        for (operation, operationName) in Review.Operation.counted {
            for kind in WorkloadKind.allCases {
                for outcome in Reviewer.Outcome.allCases {
                    let count = layout.reviews.sum(layout.review(operation, kind, outcome), in: memory)
                    guard count > 0 else { continue }
                    samples.append(
                        .init(
                            [("operation", operationName), ("kind", kind.name), ("outcome", outcome.name)], count))
                }
            }
        }
        // Of a body that is no review neither operation nor kind is known.
        samples.append(
            .init(
                [("operation", "other"), ("kind", WorkloadKind.other.name), ("outcome", "bad_request")],
                layout.badRequests.sum(0, in: memory)))
        text.add(
            .counter, "imageswap_admission_reviews_total",
            help: "Admission reviews answered, by what became of them.", samples)
        text.add(
            "imageswap_admission_duration_seconds",
            help: "Time from a request's start until its answer was ready to be written.",
            layout.duration.totals(in: memory))
        text.add("imageswap_request_bytes", help: "Bytes of whole request bodies.", layout.bytes.totals(in: memory))
    }

    private func addImages(_ text: inout PrometheusText) {
        var samples: [PrometheusText.Sample] = []
        let registries = layout.registries.names(in: memory)
        for decision in Decision.allCases {
            for (number, registry) in registries.enumerated() {
                let count = layout.images.sum(layout.image(decision, registry: number), in: memory)
                guard count > 0, let registry else { continue }
                samples.append(.init([("decision", decision.name), ("registry", registry)], count))
            }
        }
        text.add(
            .counter, "imageswap_images_total",
            help: "Images looked at, by the step that decided about them and the registry they named.", samples)
        text.add(
            .counter, "imageswap_rule_hits_total",
            help: "Images that a line of the map file decided about; begins at 0 with each new file.",
            layout.lines.sums(in: memory).map { line, count in
                .init([("line", line.map { String($0) } ?? LabelTable.other)], count)
            })
    }

    private func addVerifications(_ text: inout PrometheusText) {
        let counts = VerifierClient.Outcome.allCases.map {
            (outcome: $0, count: layout.verifications.sum($0.rawValue, in: memory))
        }
        guard counts.contains(where: { $0.count > 0 }) else { return }
        text.add(
            .counter, "imageswap_verified_reviews_total",
            help: "Reviews whose images registries had to have, by how the verifier answered, or had just before.",
            counts.map { .init([("outcome", $0.outcome.name)], $0.count) })
    }

    /// The rules that a worker loaded last; the same whose lines' hits are told.
    func newestRules(_ workers: [MetricsSlot]) -> LoadedRules? {
        let loaded = workers.compactMap { layout.rules.read($0).map(LoadedRules.init(cells:)) }
        let current = loaded.filter { layout.lines.isNewest($0.digest.beginning, in: memory) }
        return (current.isEmpty ? loaded : current).max { $0.loadedAt < $1.loadedAt }
    }

    private func addRules(_ text: inout PrometheusText, _ workers: [MetricsSlot]) {
        guard let newest = newestRules(workers) else { return }
        text.add(
            .gauge, "imageswap_rules", help: "Rules in use, by the section of the map file.",
            zip(LoadedRules.kinds, newest.counts).map { kind, count in .init([("kind", kind)], count) })
        text.add(
            .gauge, "imageswap_rules_info", help: "The SHA-256 of the map file in use; always 1.",
            [.init([("sha256", newest.digest.hex)], 1)])
        let failed = workers.contains { layout.gauges.value(.rulesFailed, of: $0) != 0 }
        text.add(
            .gauge, "imageswap_rules_last_load_success",
            help: "Whether every worker's last load of the map file succeeded.", Number(failed ? 0 : 1))
        text.add(
            .gauge, "imageswap_rules_last_load_timestamp_seconds",
            help: "Unix time of the last load of the map file that succeeded.", Number(newest.loadedAt, decimals: 3))
        text.add(
            .gauge, "imageswap_rules_invalid_lines", help: "Lines of the map file in use that are skipped as invalid.",
            Number(newest.invalidLines))
    }

    private func addNamespaceRules(_ text: inout PrometheusText) {
        let count = layout.common.value(.namespaceRules, in: memory)
        guard count > 0 else { return }
        text.add(
            .gauge, "imageswap_namespace_rules", help: "Namespaces with rules of their own in use.", Number(count - 1))
        let failed = layout.common.value(.namespaceRulesFailed, in: memory) != 0
        text.add(
            .gauge, "imageswap_namespace_rules_last_load_success",
            help: "Whether the last load of every namespace's own rules succeeded.", Number(failed ? 0 : 1))
    }

    /// Threads of these workers, and how many of them have a request.
    func threads(_ workers: [MetricsSlot]) -> (all: UInt64, busy: UInt64) {
        func sum(_ gauge: ServiceMetricsLayout.Gauge) -> UInt64 {
            workers.reduce(0) { $0 + layout.gauges.value(gauge, of: $1) }
        }
        let all = sum(.threads)
        return (all, min(sum(.busyThreads), all))
    }

    private func addWorkers(_ text: inout PrometheusText, _ workers: [MetricsSlot]) {
        text.add(
            .counter, "imageswap_worker_restarts_total", help: "Workers started in place of another, by why.",
            RestartReason.allCases.enumerated().map { number, reason in
                .init([("reason", reason.rawValue)], layout.restarts.value(number, in: memory))
            })
        text.add(.gauge, "imageswap_workers", help: "Worker processes that run.", Number(UInt64(workers.count)))
        let (threads, busy) = threads(workers)
        text.add(
            .gauge, "imageswap_threads", help: "Threads of all workers, by whether they have a request.",
            [.init([("state", "busy")], busy), .init([("state", "idle")], threads - busy)])
    }
}

/// The compiler that made this, as far as it lets itself be asked.
private var compilerVersion: String {
    #if compiler(>=6.4)
        "6.4 or later"
    #elseif compiler(>=6.3.2)
        "6.3.2 or later"
    #elseif compiler(>=6.3.1)
        "6.3.1"
    #else
        "6.3"
    #endif
}
