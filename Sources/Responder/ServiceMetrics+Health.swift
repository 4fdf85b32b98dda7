private import Metrics
package import Posix

extension ServiceMetrics {
    /// What keeps the service from being called healthy.
    package struct Problems: OptionSet, Equatable, Sendable {
        package let rawValue: UInt64

        package init(rawValue: UInt64) { self.rawValue = rawValue }

        package static let workersMissing = Problems(rawValue: 1)
        package static let rulesNotLoaded = Problems(rawValue: 2)
        package static let namespaceRulesNotLoaded = Problems(rawValue: 4)
        package static let certificateUnreadable = Problems(rawValue: 8)
        package static let certificateEndsSoon = Problems(rawValue: 16)
        package static let certificateEnded = Problems(rawValue: 32)
        package static let authorityEndsSoon = Problems(rawValue: 64)
        package static let authorityEnded = Problems(rawValue: 128)
    }

    /// What is wrong now, as far as the shared memory tells.
    func problems(at now: WallTime) -> Problems {
        var problems: Problems = []
        let workers = memory.allSlots.filter { layout.gauges.value(.process, of: $0) != 0 }
        if UInt64(workers.count) < layout.common.value(.wantedWorkers, in: memory) { problems.insert(.workersMissing) }
        if workers.contains(where: { layout.gauges.value(.rulesFailed, of: $0) != 0 }) {
            problems.insert(.rulesNotLoaded)
        }
        if layout.common.value(.namespaceRulesFailed, in: memory) != 0 { problems.insert(.namespaceRulesNotLoaded) }
        return problems.union(certificate.problems(at: now))
    }

    /// Notes since when it is so. By the supervising process only, now and then.
    package func noteHealth(at now: WallTime = .now) {
        let problems = problems(at: now)
        if let noted = notedHealth, noted.problems == problems { return }
        layout.status.health.write(in: memory) { head in
            head.set(0, to: problems.rawValue)
            head.set(1, to: UInt64(max(0, now.nanoseconds)))
        }
    }

    private var notedHealth: (problems: Problems, since: WallTime)? {
        guard let numbers = layout.status.health.read(in: memory)?.head.numbers else { return nil }
        return (Problems(rawValue: numbers[0]), WallTime(nanoseconds: Int64(clamping: numbers[1])))
    }

    /// What is wrong now, and since when just that.
    func health(at now: WallTime) -> (problems: Problems, since: WallTime) {
        let problems = problems(at: now)
        guard let noted = notedHealth, noted.problems == problems else { return (problems, now) }
        return noted
    }

    // MARK: the certificate

    /// Tells of the certificate that nginx serves.
    package func tellOfCertificate(_ certificate: ServingCertificate) {
        layout.common.set(.certificateExpiry, in: memory, to: UInt64(max(0, certificate.life?.end ?? 0)))
        layout.status.certificate.write(in: memory) { head in
            head.set(0, to: certificate.isWatched ? 1 : 0)
            head.set(1, to: UInt64(max(0, certificate.life?.start ?? 0)))
            head.set(2, to: UInt64(max(0, certificate.life?.end ?? 0)))
            head.set(3, to: UInt64(max(0, certificate.authorityEnd ?? 0)))
        }
    }

    var certificate: ServingCertificate {
        guard let numbers = layout.status.certificate.read(in: memory)?.head.numbers, numbers[0] != 0 else {
            return ServingCertificate(isWatched: false)
        }
        func time(_ number: UInt64) -> Int64? { number == 0 ? nil : Int64(clamping: number) }
        let life = time(numbers[2]).map { ServingCertificate.Life(start: time(numbers[1]) ?? 0, end: $0) }
        return ServingCertificate(isWatched: true, life: life, authorityEnd: time(numbers[3]))
    }
}

/// What is known of the certificate that nginx serves.
package struct ServingCertificate: Equatable, Sendable {
    package struct Life: Equatable, Sendable {
        /// Seconds since 1970.
        package var start: Int64
        package var end: Int64

        package init(start: Int64, end: Int64) {
            self.start = start
            self.end = end
        }
    }

    /// Whether there is a file to look at: `IMAGESWAP_TLS_CERT`.
    package var isWatched: Bool
    /// Nil where the file cannot be read.
    package var life: Life?
    /// When the first of the authorities in the file ends; nil where it holds none.
    package var authorityEnd: Int64?

    package init(isWatched: Bool, life: Life? = nil, authorityEnd: Int64? = nil) {
        self.isWatched = isWatched
        self.life = life
        self.authorityEnd = authorityEnd
    }

    /// An end that is nearer than this, in seconds, is told of; of a short life a tenth of it.
    private static let near: Int64 = 14 * 86_400

    func problems(at now: WallTime) -> ServiceMetrics.Problems {
        guard isWatched else { return [] }
        guard let life else { return .certificateUnreadable }
        let seconds = now.nanoseconds / 1_000_000_000
        var problems: ServiceMetrics.Problems = []
        if life.end <= seconds {
            problems.insert(.certificateEnded)
        } else if life.end - seconds < min(Self.near, (life.end - life.start) / 10) {
            problems.insert(.certificateEndsSoon)
        }
        if let authorityEnd {
            if authorityEnd <= seconds {
                problems.insert(.authorityEnded)
            } else if authorityEnd - seconds < Self.near, authorityEnd <= life.end {
                // A certificate ends no later than its authority: one that is renewed in time has time left with it.
                problems.insert(.authorityEndsSoon)
            }
        }
        return problems
    }
}
