internal import Metrics
private import Posix

/// The processes of the service that run, and what the kernel tells of them.
struct ServiceProcesses {
    /// The slots of workers that run.
    let workers: [MetricsSlot]
    private let numbers: [Int32]
    let startedAt: Number?
    private let cpuTime: Number?
    let residentBytes: UInt64

    init(_ layout: ServiceMetricsLayout, _ memory: MetricsMemory) {
        // First, since a worker that ends meanwhile must not be found both in its parent's sum and by itself.
        let supervisorNumber = Int32(truncatingIfNeeded: layout.common.value(.supervisor, in: memory))
        let supervisor = supervisorNumber == 0 ? nil : ProcessStatus(of: supervisorNumber)
        var workers: [MetricsSlot] = []
        var numbers = supervisor == nil ? [] : [supervisorNumber]
        var found = supervisor.map { [$0] } ?? []
        for slot in (0..<memory.slots).map(memory.slot) {
            let number = Int32(truncatingIfNeeded: layout.gauges.value(.process, of: slot))
            guard number != 0 else { continue }
            let status = ProcessStatus(of: number)
            if let status { found.append(status) }
            // Of one whose parent has not yet asked how it ended, only the time counts.
            guard status?.isZombie != true else { continue }
            workers.append(slot)
            numbers.append(number)
        }
        self.workers = workers
        self.numbers = numbers
        residentBytes = found.reduce(0) { $0 &+ $1.residentBytes }
        guard let first = supervisor ?? found.min(by: { $0.startTicks < $1.startTicks }) else {
            (startedAt, cpuTime) = (nil, nil)
            return
        }
        let ticksPerSecond = ProcessStatus.ticksPerSecond
        startedAt = ProcessStatus.bootTime().map { boot in
            Number(boot * 1000 + first.startTicks * 1000 / ticksPerSecond, decimals: 3)
        }
        // A counter never goes down: the kernel's answers are of several moments, and of a worker that was waited for
        // in between neither it nor its parent told.
        let ticks = found.reduce(supervisor?.childrenTicks ?? 0) { $0 &+ $1.ticks }
        let told = layout.common.raise(ServiceMetricsLayout.Common.ticks.rawValue, in: memory, to: ticks)
        cpuTime = Number(told * (1_000_000_000 / ticksPerSecond), decimals: 9)
    }

    /// By the names that all of Prometheus' client libraries have for them.
    func add(to text: inout PrometheusText) {
        if let cpuTime {
            text.add(
                .counter, "process_cpu_seconds_total",
                help: "User and system CPU time of the supervisor and all workers, ended ones too.", cpuTime)
            text.add(
                .gauge, "process_resident_memory_bytes",
                help: "Resident memory of the supervisor and its workers; what they share counts for each.",
                Number(residentBytes))
        }
        if let startedAt {
            text.add(.gauge, "process_start_time_seconds", help: "Unix time of the supervisor's start.", startedAt)
        }
        func sum(_ value: (Int32) -> Int?) -> Number? {
            let values = numbers.compactMap(value)
            return values.isEmpty ? nil : Number(UInt64(values.reduce(0, +)))
        }
        if let open = sum(ProcessStatus.openDescriptors) {
            text.add(.gauge, "process_open_fds", help: "Open descriptors of the supervisor and its workers.", open)
        }
        if let most = sum(ProcessStatus.descriptorLimit) {
            text.add(.gauge, "process_max_fds", help: "Descriptors that they may have open, all together.", most)
        }
    }
}
