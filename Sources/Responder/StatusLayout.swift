internal import Metrics

/// What the status page is made of beside the metrics, and where each stands in the shared memory.
struct StatusLayout: Sendable {
    /// The last swaps of a process, of which the page has as many of all together.
    let swaps: SlotCells
    let swapRing = RecordRing(SwapRecord.shape, capacity: SwapRecord.capacity)
    /// Registries that images were moved to.
    let targets: LabelTable
    /// Images that were moved, by the registry that they named and the one they got.
    let moves: SlotCells
    /// Sums of the duration's histogram at some moments of the last 15 minutes.
    let history: CommonCells
    let historyRing: RecordRing
    let rules: RecordTable
    let faults: RecordTable
    let namespaces: RecordTable
    /// Why the map file could not be loaded.
    let failure: RecordTable
    let health: RecordTable
    let certificate: RecordTable

    /// Target registries that are told apart.
    private static let targetCapacity = 16
    private let registries: Int

    init(_ plan: inout MetricsPlan, registries: LabelTable, duration: Histogram) {
        swaps = plan.slot(swapRing.cellCount)
        targets = LabelTable(&plan, capacity: Self.targetCapacity)
        self.registries = registries.numbers.count
        moves = plan.slot(registries.numbers.count * targets.numbers.count)
        historyRing = RecordRing(
            RecordShape(numbers: 1 + duration.bounds.count + 1), capacity: StatusHistory.samples)
        history = plan.common(historyRing.cellCount)
        rules = RecordTable(
            &plan, head: RuleRecord.headShape, row: RuleRecord.shape, capacity: RuleRecord.capacity)
        faults = RecordTable(
            &plan, head: RecordShape(numbers: 1), row: FaultRecord.shape, capacity: FaultRecord.capacity)
        namespaces = RecordTable(
            &plan, head: RecordShape(numbers: 1), row: RecordShape(numbers: 1, texts: [64]), capacity: 256)
        failure = RecordTable(&plan, head: RecordShape(numbers: 1, texts: [512]))
        health = RecordTable(&plan, head: RecordShape(numbers: 2))
        certificate = RecordTable(&plan, head: RecordShape(numbers: 4))
    }

    func move(from registry: Int, to target: Int) -> Int { target * registries + registry }
}

/// A swap, as it stands in the shared memory.
enum SwapRecord {
    /// Swaps that are kept.
    static let capacity = 64

    /// Numbers: nanoseconds since 1970; the line with its marks. Texts: namespace, kind, name, image before and after. The
    /// first two have room for all valid ones; of images nearly all do.
    static let shape = RecordShape(numbers: 2, texts: [64, 32, 128, 192, 192])

    /// The line's marks.
    static let isOfNamespace: UInt64 = 1 << 63
    static let isTrial: UInt64 = 1 << 62
    static let isDryRun: UInt64 = 1 << 61
    static let decisionShift: UInt64 = 48
    static let decisionMask: UInt64 = 0xff
    static let lineMask: UInt64 = 1 << 48 - 1
}

/// A rule, as it stands in the shared memory.
enum RuleRecord {
    /// Rules that are shown: as many as lines have a counter.
    static let capacity = LineHits.lines

    /// Numbers of the table: the file's digest; milliseconds since 1970; all rules, invalid lines, pull secrets' names.
    static let headShape = RecordShape(numbers: SHA256Digest.words + 4)
    /// Numbers: the line. Texts: key and value as written.
    static let shape = RecordShape(numbers: 1, texts: [128, 128])
}

/// A fault of the map file, as it stands in the shared memory.
enum FaultRecord {
    /// Faults that are shown.
    static let capacity = 32

    /// Numbers: line, column, whether the line is skipped. Texts: the line, and what is wrong with it.
    static let shape = RecordShape(numbers: 3, texts: [160, 320])
}
