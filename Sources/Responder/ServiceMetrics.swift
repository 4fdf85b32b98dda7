private import ImageSwap
package import Metrics
package import Posix

/// What this service tells of itself, in memory that its processes share; `text` is the same whichever is asked.
///
/// The supervisor makes it and hands `descriptorNumber` on; a worker maps it and counts in the slot that it was given.
package final class ServiceMetrics: Sendable {
    /// Why a worker was started in another's place.
    package enum RestartReason: String, CaseIterable, Sendable {
        /// It ended by itself.
        case exit
        /// A signal ended it, such as a trap's.
        case signal
        /// A request of it took too long.
        case stuck
        /// As asked for.
        case replaced
    }

    let layout = ServiceMetricsLayout()
    let memory: MetricsMemory
    private let swapLock = SwapLock()

    /// - Parameter workers: How many processes count at a time. There are slots for twice as many: a worker that ends
    ///   and the one in its place have one each.
    package init(workers: Int = 1) throws(Errno) {
        memory = try MetricsMemory(layout.plan, slots: 2 * workers)
        // So it always has a number of its own, and that one.
        for table in [layout.registries, layout.status.targets] {
            let number = table.number(of: Array("docker.io".utf8).span, in: memory)
            precondition(number == ServiceMetricsLayout.dockerHub, "Docker Hub is the first registry of a new table")
        }
    }

    /// Maps the metrics that another process made. The descriptor belongs to this value from here on.
    package init(inheriting descriptor: consuming Descriptor) throws(MetricsMemoryError) {
        memory = try MetricsMemory(layout.plan, inheriting: descriptor)
    }

    /// What a program that shall count too is handed. It stays open as long as this value lives, and is closed on exec.
    package var descriptorNumber: Int32 { memory.descriptorNumber }

    /// How many slots there are, from 0.
    package var slots: Int { memory.slots }

    /// What the process with this slot counts with.
    package func worker(_ slot: Int) -> WorkerMetrics {
        WorkerMetrics(layout: layout, slot: memory.slot(slot), swapLock: swapLock)
    }

    // MARK: the supervisor's

    /// Tells which process starts the workers and waits for their ends, and how many there are to be.
    package func superviseHere(workers: Int = 1) {
        layout.common.set(.supervisor, in: memory, to: UInt64(ProcessStatus.ownNumber))
        layout.common.set(.wantedWorkers, in: memory, to: UInt64(workers))
    }

    /// A slot's process has ended and was waited for. Its counters stay.
    package func ended(slot: Int) {
        layout.gauges.set(.process, of: memory.slot(slot), to: 0)
    }

    package func restarted(_ reason: RestartReason) {
        layout.restarts.add(to: RestartReason.allCases.firstIndex(of: reason) ?? 0, in: memory)
    }

    /// Tells how many namespaces have rules of their own, and whether those of one cannot serve as they are now.
    package func setNamespaceRules(_ count: Int, isFailing: Bool) {
        layout.common.set(.namespaceRules, in: memory, to: UInt64(count) + 1)
        layout.common.set(.namespaceRulesFailed, in: memory, to: isFailing ? 1 : 0)
    }
}
