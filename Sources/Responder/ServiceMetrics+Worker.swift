package import Admission
package import ImageSwap
package import Metrics
package import Posix

/// What one worker process counts with; of its slot, or of the next process's that gets the slot.
///
/// What a request calls neither waits nor allocates.
package struct WorkerMetrics: Sendable {
    let layout: ServiceMetricsLayout
    let slot: MetricsSlot
    let swapLock: SwapLock

    init(layout: ServiceMetricsLayout, slot: MetricsSlot, swapLock: SwapLock) {
        self.layout = layout
        self.slot = slot
        self.swapLock = swapLock
    }

    /// The calling process takes the slot, before its threads start.
    package func begin(threads: Int) {
        layout.rules.clear(slot)
        layout.gauges.set(.rulesFailed, of: slot, to: 0)
        layout.gauges.set(.busyThreads, of: slot, to: 0)
        layout.gauges.set(.threads, of: slot, to: UInt64(threads))
        layout.gauges.set(.process, of: slot, to: UInt64(ProcessStatus.ownNumber))
    }

    // MARK: rules

    /// Tells of the rules that are served with from here on. By one thread at a time.
    ///
    /// - Parameters:
    ///   - digest: Of the whole map file. With another one the hits of lines begin at 0.
    ///   - invalidLines: Lines that are skipped.
    /// - Returns: What goes with the rules to `image`.
    package func rulesLoaded(
        _ rules: Rules, digest: SHA256Digest, invalidLines: Int, at time: WallTime = .now
    ) -> LineHits.Generation {
        let loaded = LoadedRules(digest: digest, rules: rules, invalidLines: invalidLines, at: time)
        layout.rules.write(loaded.cells, in: slot)
        layout.gauges.set(.rulesFailed, of: slot, to: 0)
        return layout.lines.load(digest.beginning, in: slot)
    }

    /// Tells that the map file could not be loaded, so that the rules stay those that they were.
    package func rulesFailed() {
        layout.gauges.set(.rulesFailed, of: slot, to: 1)
    }

    // MARK: requests

    /// A thread has got a request; `threadIdle` follows.
    package func threadBusy() {
        layout.gauges.add(1, to: ServiceMetricsLayout.Gauge.busyThreads.rawValue, of: slot)
    }

    package func threadIdle() {
        layout.gauges.add(.max, to: ServiceMetricsLayout.Gauge.busyThreads.rawValue, of: slot)
    }

    /// Counts a review once its answer is ready, before it is written: whoever has the answer finds it counted.
    ///
    /// - Parameters:
    ///   - kind: The review's kind of object.
    ///   - start: When the request was there.
    ///   - bytes: Of its body.
    package func review(
        _ operation: Review.Operation, _ kind: WorkloadKind, _ outcome: Reviewer.Outcome, from start: MonotonicTime,
        to end: MonotonicTime = .now, bytes: Int
    ) {
        layout.reviews.add(to: layout.review(operation, kind, outcome), of: slot)
        observe(start, end, bytes)
    }

    /// Counts a review whose images had to be asked for.
    package func verification(_ outcome: VerifierClient.Outcome) {
        layout.verifications.add(to: outcome.rawValue, of: slot)
    }

    /// Counts what came in place of a review.
    ///
    /// - Parameter bytes: Nil if there was no whole body.
    package func badRequest(from start: MonotonicTime, to end: MonotonicTime = .now, bytes: Int?) {
        layout.badRequests.add(to: 0, of: slot)
        observe(start, end, bytes)
    }

    /// Counts an image.
    ///
    /// - Parameters:
    ///   - text: The image as it was in the review.
    ///   - result: The image that it became, if it was changed.
    ///   - rules: What came from `rulesLoaded` with the rules that decided; nil where there are none.
    package func image(
        _ swap: Swap, _ text: borrowing Span<UInt8>, to result: borrowing Span<UInt8>, rules: LineHits.Generation?
    ) {
        let registry = number(ofRegistry: text, in: layout.registries)
        layout.images.add(to: layout.image(swap.decision, registry: registry), of: slot)
        if swap.isChanged {
            let target = number(ofRegistry: result, in: layout.status.targets)
            layout.status.moves.add(to: layout.status.move(from: registry, to: target), of: slot)
        }
        if let rule = swap.rule, !rule.isOfNamespace, let rules { layout.lines.count(rule.number, of: rules, in: slot) }
    }

    private func observe(_ start: MonotonicTime, _ end: MonotonicTime, _ bytes: Int?) {
        layout.duration.observe(UInt64(max(0, end.nanoseconds - start.nanoseconds)), in: slot)
        if let bytes { layout.bytes.observe(UInt64(bytes), in: slot) }
    }

    /// The number of an image's registry in a table; that of `other` if the image is no reference.
    private func number(ofRegistry image: borrowing Span<UInt8>, in table: LabelTable) -> Int {
        guard let reference = try? ImageReference(image) else { return table.capacity }
        guard reference.hasRegistry, !image.isDockerHubAlias(end: reference.registryEnd) else {
            return ServiceMetricsLayout.dockerHub
        }
        return table.number(of: image.extracting(0..<reference.registryEnd), in: slot.memory)
    }
}
