internal import Admission
internal import ImageSwap
internal import Metrics

/// Which metrics there are, and where each stands.
struct ServiceMetricsLayout: Sendable {
    /// To be raised when a cell's meaning changes while the number of cells stays: what else differs shows by itself.
    private static let version: UInt64 = 1

    /// Registries that are told apart.
    private static let registryCapacity = 64
    /// The number of Docker Hub among them.
    static let dockerHub = 0

    private static let durationBounds: [UInt64] = [
        50_000, 100_000, 250_000, 500_000, 1_000_000, 2_500_000, 5_000_000, 10_000_000, 25_000_000, 50_000_000,
        100_000_000, 250_000_000, 500_000_000, 1_000_000_000,
    ]
    /// 1 KiB, 2 KiB … 32 MiB.
    private static let byteBounds = (10...25).map { UInt64(1) << $0 }

    /// What the whole service has once.
    enum Common: Int, CaseIterable {
        case supervisor
        /// Unix time in seconds; 0 where it is not known.
        case certificateExpiry
        /// The most that was told of CPU time, in clock ticks.
        case ticks
        /// How many namespaces have rules of their own, and one more; 0 where there is no directory of them.
        case namespaceRules
        /// Whether rules of one of them could not be loaded.
        case namespaceRulesFailed
        /// How many workers there are to be.
        case wantedWorkers
        /// When the status page's last sample was taken: nanoseconds of the monotonic clock.
        case lastSample
    }

    /// What is true of a slot's process now.
    enum Gauge: Int, CaseIterable {
        /// Its number; 0 where there is none.
        case process
        case threads, busyThreads
        /// Whether it could not load the rules when it last tried.
        case rulesFailed
    }

    let plan: MetricsPlan
    let common: CommonCells
    let restarts: CommonCells
    let registries: LabelTable
    let gauges: SlotCells
    let rules: SlotRecord
    /// By operation, kind and outcome.
    let reviews: SlotCells
    let badRequests: SlotCells
    /// Reviews whose images had to be asked for, by how that went.
    let verifications: SlotCells
    /// By decision and registry.
    let images: SlotCells
    let lines: LineHits
    let duration: Histogram
    let bytes: Histogram
    let status: StatusLayout

    init() {
        var plan = MetricsPlan(version: Self.version)
        common = plan.common(Common.allCases.count)
        restarts = plan.common(ServiceMetrics.RestartReason.allCases.count)
        registries = LabelTable(&plan, capacity: Self.registryCapacity)
        gauges = plan.slot(Gauge.allCases.count)
        rules = SlotRecord(&plan, count: LoadedRules.cellCount)
        reviews = plan.slot(
            Review.Operation.counted.count * WorkloadKind.allCases.count * Reviewer.Outcome.allCases.count)
        badRequests = plan.slot(1)
        verifications = plan.slot(VerifierClient.Outcome.allCases.count)
        images = plan.slot(Decision.allCases.count * registries.numbers.count)
        lines = LineHits(&plan)
        duration = Histogram(&plan, bounds: Self.durationBounds, decimals: 9)
        bytes = Histogram(&plan, bounds: Self.byteBounds)
        status = StatusLayout(&plan, registries: registries, duration: duration)
        self.plan = plan
    }

    func review(_ operation: Review.Operation, _ kind: WorkloadKind, _ outcome: Reviewer.Outcome) -> Int {
        (operation.number * WorkloadKind.allCases.count + kind.rawValue) * Reviewer.Outcome.allCases.count
            + outcome.rawValue
    }

    func image(_ decision: Decision, registry: Int) -> Int {
        decision.rawValue * registries.numbers.count + registry
    }
}

extension CommonCells {
    func set(_ cell: ServiceMetricsLayout.Common, in memory: MetricsMemory, to value: UInt64) {
        set(cell.rawValue, in: memory, to: value)
    }

    func value(_ cell: ServiceMetricsLayout.Common, in memory: MetricsMemory) -> UInt64 {
        value(cell.rawValue, in: memory)
    }
}

extension SlotCells {
    func set(_ gauge: ServiceMetricsLayout.Gauge, of slot: MetricsSlot, to value: UInt64) {
        set(gauge.rawValue, of: slot, to: value)
    }

    func value(_ gauge: ServiceMetricsLayout.Gauge, of slot: MetricsSlot) -> UInt64 {
        value(gauge.rawValue, of: slot)
    }
}

extension Review.Operation {
    /// By their numbers.
    static let counted: [(operation: Review.Operation, name: String)] = [
        (.create, "CREATE"), (.update, "UPDATE"), (.delete, "DELETE"), (.connect, "CONNECT"), (.other, "other"),
    ]

    var number: Int {
        switch self {
        case .create: 0
        case .update: 1
        case .delete: 2
        case .connect: 3
        case .other: 4
        }
    }
}
