package import Admission
private import ImageSwap
private import Metrics
private import Posix
internal import Synchronization

extension WorkerMetrics {
    /// Keeps what a review swapped, or would have swapped, for the status page. Threads of one process do it by turns: it
    /// is some hundred bytes each.
    ///
    /// - Parameter isTrial: Nothing was patched.
    package func keepSwaps(of reviewer: Reviewer, isTrial: Bool) {
        let images = reviewer.images
        // Of many only the last ones, which would push out the others.
        var first = images.count
        var count = 0
        while first > 0, count < SwapRecord.capacity {
            first -= 1
            if images[first].swap.isChanged { count += 1 }
        }
        guard count > 0 else { return }
        let now = UInt64(max(0, WallTime.now.nanoseconds))
        let ring = layout.status.swapRing
        let range = layout.status.swaps.range(of: slot)
        let review = reviewer.review
        let (texts, results) = (review.texts, reviewer.results)
        let marks = (isTrial ? SwapRecord.isTrial : 0) | (review.isDryRun ? SwapRecord.isDryRun : 0)
        swapLock.mutex.withLock { _ in
            for image in images[first...] where image.swap.isChanged {
                let record = ring.begin(in: range)
                record.set(0, to: now)
                record.set(1, to: image.swap.mark | marks)
                record.set(text: 0, to: texts.span.extracting(review.namespace.range))
                record.set(text: 1, to: texts.span.extracting(review.kind.range))
                record.set(text: 2, to: texts.span.extracting(review.name.range))
                record.set(text: 3, to: texts.span.extracting(image.field.image.range))
                record.set(text: 4, to: results.span.extracting(image.result))
                ring.end(in: range)
            }
        }
    }
}

/// Keeps two threads of a process from writing into its ring of swaps at once. A process that dies takes it along.
final class SwapLock: Sendable {
    let mutex = Mutex(())
}

extension Swap {
    /// The line and the step that decided, as a record has them.
    fileprivate var mark: UInt64 {
        let decision = UInt64(decision.rawValue) << SwapRecord.decisionShift
        guard let rule else { return decision }
        return decision | UInt64(rule.number) & SwapRecord.lineMask
            | (rule.isOfNamespace ? SwapRecord.isOfNamespace : 0)
    }
}
