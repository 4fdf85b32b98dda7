private import Admission
private import ImageSwap
internal import Metrics
package import Posix

extension ServiceMetrics {
    /// What the status page shows.
    ///
    /// - Parameter verifier: Nil where none is configured.
    package func status(
        podName: String, verifier: VerifierReport? = nil, at time: WallTime = .now, _ now: MonotonicTime = .now
    ) -> ServiceStatus {
        let processes = ServiceProcesses(layout, memory)
        let (problems, since) = health(at: time)
        return ServiceStatus(
            time: time, podName: podName, version: imageSwapVersion, startedAt: processes.startedAt,
            problems: problems, since: since, certificate: certificate, rules: rulesStatus(processes.workers),
            namespaces: namespacesStatus, reviews: reviewCounts, badRequests: layout.badRequests.sum(0, in: memory),
            decisions: decisionCounts,
            verification: verifier.map { .init(reviews: verificationCounts, verifier: $0) },
            registries: registryCounts, windows: windows(at: now), workers: workersStatus(processes), swaps: lastSwaps)
    }

    // MARK: rules

    private func rulesStatus(_ workers: [MetricsSlot]) -> ServiceStatus.Rules? {
        guard let newest = newestRules(workers) else { return nil }
        // Of another file than the workers', while it is exchanged: then lines and hits do not belong together.
        let table = layout.status.rules.read(in: memory).map { RuleTable($0) }.flatMap {
            layout.lines.isNewest($0.digest.beginning, in: memory) ? $0 : nil
        }
        var hits: [Int: UInt64] = [:]
        var otherHits: UInt64 = 0
        for (line, count) in layout.lines.sums(in: memory) {
            if let line { hits[line] = count } else { otherHits = count }
        }
        let faults = layout.status.faults.read(in: memory)
        return ServiceStatus.Rules(
            sha256: newest.digest.hex, loadedAt: newest.loadedAt,
            isLastLoadGood: !workers.contains { layout.gauges.value(.rulesFailed, of: $0) != 0 },
            failure: failure, kinds: zip(LoadedRules.kinds, newest.counts).map { .init(name: $0, count: $1) },
            pullSecrets: table?.pullSecrets, invalidLines: newest.invalidLines,
            faultCount: table == nil ? 0 : faults?.head.numbers[0] ?? 0,
            faults: table == nil ? [] : faults?.rows.map(ServiceStatus.Fault.init) ?? [], ruleCount: table?.count,
            rules: table?.rows.map { row in
                let line = row.numbers[0]
                return ServiceStatus.Rule(
                    line: line, key: row.texts[0], value: row.texts[1],
                    hits: line <= UInt64(LineHits.lines) ? hits[Int(line)] ?? 0 : nil)
            } ?? [], otherHits: otherHits, countedSince: table?.loadedAt)
    }

    private var failure: (time: WallTime, reason: RecordText)? {
        guard let head = layout.status.failure.read(in: memory)?.head, head.numbers[0] != 0 else { return nil }
        return (WallTime(nanoseconds: Int64(clamping: head.numbers[0])), head.texts[0])
    }

    private var namespacesStatus: ServiceStatus.Namespaces? {
        let count = layout.common.value(.namespaceRules, in: memory)
        guard count > 0 else { return nil }
        let rows = layout.status.namespaces.read(in: memory)?.rows ?? []
        return ServiceStatus.Namespaces(
            count: count - 1, isLastLoadGood: layout.common.value(.namespaceRulesFailed, in: memory) == 0,
            states: rows.map { NamespaceState(name: $0.texts[0].text, isFailing: $0.numbers[0] != 0) })
    }

    // MARK: counts

    private var reviewCounts: [ServiceStatus.Count] {
        Reviewer.Outcome.allCases.map { outcome in
            var count: UInt64 = 0
            for (operation, _) in Review.Operation.counted {
                for kind in WorkloadKind.allCases {
                    count &+= layout.reviews.sum(layout.review(operation, kind, outcome), in: memory)
                }
            }
            return .init(name: outcome.name, count: count)
        }
    }

    private var decisionCounts: [ServiceStatus.Count] {
        Decision.allCases.map { decision in
            let count = layout.registries.numbers.reduce(UInt64(0)) {
                $0 &+ layout.images.sum(layout.image(decision, registry: $1), in: memory)
            }
            return ServiceStatus.Count(name: decision.name, count: count)
        }.filter { $0.count > 0 }.sorted { $0.count > $1.count }
    }

    private var verificationCounts: [ServiceStatus.Count] {
        VerifierClient.Outcome.allCases.map {
            .init(name: $0.name, count: layout.verifications.sum($0.rawValue, in: memory))
        }
    }

    private var registryCounts: [ServiceStatus.Registry] {
        let targets = layout.status.targets.names(in: memory)
        return layout.registries.names(in: memory).enumerated().compactMap { number, name in
            guard let name else { return nil }
            // Before all images: whoever counts an image's move has counted the image.
            let moved = targets.enumerated().compactMap { target, name -> ServiceStatus.Count? in
                guard let name else { return nil }
                let count = layout.status.moves.sum(layout.status.move(from: number, to: target), in: memory)
                return count == 0 ? nil : .init(name: name, count: count)
            }
            let images = Decision.allCases.reduce(UInt64(0)) {
                $0 &+ layout.images.sum(layout.image($1, registry: number), in: memory)
            }
            guard images > 0 else { return nil }
            return ServiceStatus.Registry(name: name, images: images, moved: moved.sorted { $0.count > $1.count })
        }.sorted { $0.images > $1.images }
    }

    private func windows(at now: MonotonicTime) -> [StatusWindow] {
        let samples = samples
        let current = StatusSample(
            number: (samples.last?.number ?? 0) + 1, time: now, counts: layout.duration.counts(in: memory))
        return StatusWindow.all.map { minutes, step in
            StatusWindow(
                minutes: minutes, step: step, now: current, samples: samples, bounds: layout.duration.bounds)
        }
    }

    private func workersStatus(_ processes: ServiceProcesses) -> ServiceStatus.Workers {
        let (threads, busy) = threads(processes.workers)
        return ServiceStatus.Workers(
            running: UInt64(processes.workers.count), wanted: layout.common.value(.wantedWorkers, in: memory),
            threads: threads, busyThreads: busy,
            restarts: RestartReason.allCases.enumerated().map { number, reason in
                .init(name: reason.rawValue, count: layout.restarts.value(number, in: memory))
            }, residentBytes: processes.residentBytes)
    }

    // MARK: swaps

    /// Those of all workers, ended ones too.
    private var lastSwaps: [ServiceStatus.Swap] {
        let records = memory.allSlots.flatMap { slot in
            layout.status.swapRing.records(in: layout.status.swaps.range(of: slot)).map { number, record in
                (time: record.numbers[0], slot: slot.number, number: number, record: record)
            }
        }
        return records.sorted { ($0.time, $0.slot, $0.number) > ($1.time, $1.slot, $1.number) }
            .prefix(SwapRecord.capacity).map { ServiceStatus.Swap($0.record) }
    }
}

extension ServiceStatus.Fault {
    fileprivate init(_ record: Record) {
        line = record.numbers[0]
        column = record.numbers[1]
        isInvalid = record.numbers[2] != 0
        (text, problem) = (record.texts[0], record.texts[1])
    }
}

extension ServiceStatus.Swap {
    fileprivate init(_ record: Record) {
        let mark = record.numbers[1]
        time = WallTime(nanoseconds: Int64(clamping: record.numbers[0]))
        (namespace, kind, name) = (record.texts[0], record.texts[1], record.texts[2])
        (from, to) = (record.texts[3], record.texts[4])
        let number = Int(mark >> SwapRecord.decisionShift & SwapRecord.decisionMask)
        decision = Decision(rawValue: number)?.name ?? LabelTable.other
        let line = mark & SwapRecord.lineMask
        self.line = line == 0 ? nil : line
        isOfNamespace = mark & SwapRecord.isOfNamespace != 0
        isTrial = mark & SwapRecord.isTrial != 0
        isDryRun = mark & SwapRecord.isDryRun != 0
    }
}
