import Metrics
import Posix
import Responder
import Testing

/// Rates and percentiles from samples of the duration's histogram.
struct StatusWindowTests {
    private static let bounds: [UInt64] = [100, 200, 400]

    struct Case: Sendable {
        let counts: [UInt64]
        let percentile: UInt64
        let nanoseconds: UInt64?
        var isMore = false
    }

    /// As Prometheus' histogram_quantile answers them.
    static let cases = [
        Case(counts: [0, 0, 0, 0], percentile: 50, nanoseconds: nil),
        Case(counts: [10, 0, 0, 0], percentile: 50, nanoseconds: 50),
        Case(counts: [10, 0, 0, 0], percentile: 99, nanoseconds: 99),
        Case(counts: [0, 10, 0, 0], percentile: 50, nanoseconds: 150),
        Case(counts: [50, 40, 10, 0], percentile: 50, nanoseconds: 100),
        Case(counts: [50, 40, 10, 0], percentile: 90, nanoseconds: 200),
        Case(counts: [50, 40, 10, 0], percentile: 99, nanoseconds: 380),
        Case(counts: [0, 0, 1, 0], percentile: 50, nanoseconds: 300),
        Case(counts: [98, 0, 0, 2], percentile: 50, nanoseconds: 51),
        Case(counts: [98, 0, 0, 2], percentile: 99, nanoseconds: 400, isMore: true),
        Case(counts: [0, 0, 0, 1], percentile: 50, nanoseconds: 400, isMore: true),
    ]

    @Test(arguments: cases)
    func percentilesLieWithinTheirBuckets(row: Case) {
        let latency = Latency(percentile: row.percentile, row.counts, Self.bounds)
        #expect(latency == row.nanoseconds.map { Latency(nanoseconds: $0, isMore: row.isMore) })
    }

    private func sample(_ number: UInt64, seconds: Int64, _ counts: [UInt64]) -> StatusSample {
        StatusSample(number: number, time: MonotonicTime(nanoseconds: seconds * 1_000_000_000), counts: counts)
    }

    /// Five seconds apart, 10 requests in each: of the second bucket, in the last minute of the third one.
    private var samples: [StatusSample] {
        (0...60).map { number in
            let before = UInt64(min(number, 48)) * 10
            return sample(
                UInt64(number), seconds: Int64(1000 + 5 * number), [0, before, UInt64(number) * 10 - before, 0])
        }
    }

    @Test func aWindowIsWhatCameSinceItsStart() {
        let now = sample(61, seconds: 1300, [0, 480, 120, 0])
        let window = StatusWindow(minutes: 1, step: 1, now: now, samples: samples, bounds: Self.bounds)
        #expect(window.seconds == 60)
        #expect(window.load.requests == 120)
        #expect(window.load.perSecond == Number(2000, decimals: 3))
        #expect(window.load.p50 == Latency(nanoseconds: 300))
        #expect(window.points.count == 12)
        #expect(window.points.first?.secondsAgo == 55)
        #expect(window.points.last?.secondsAgo == 0)
        #expect(window.points.allSatisfy { $0.load.requests == 10 && $0.load.perSecond == Number(2000, decimals: 3) })
    }

    @Test func pointsOfALongWindowAreOfSeveralSamples() {
        let now = sample(61, seconds: 1300, [0, 480, 120, 0])
        let window = StatusWindow(minutes: 5, step: 3, now: now, samples: samples, bounds: Self.bounds)
        #expect(window.load.requests == 600)
        #expect(window.points.count == 20)
        #expect(window.points.allSatisfy { $0.load.requests == 30 })
        #expect(window.points.first?.load.p50 == Latency(nanoseconds: 150))
        #expect(window.points.last?.load.p50 == Latency(nanoseconds: 300))
    }

    @Test func afterAStartAWindowReachesBackToIt() {
        let now = sample(2, seconds: 1008, [0, 30, 0, 0])
        let window = StatusWindow(
            minutes: 15, step: 1, now: now, samples: Array(samples.prefix(2)), bounds: Self.bounds)
        #expect(window.seconds == 8)
        #expect(window.load.perSecond == Number(3750, decimals: 3))
        #expect(window.points.count == 1)

        let empty = StatusWindow(minutes: 1, step: 1, now: now, samples: [], bounds: Self.bounds)
        #expect(empty.load.requests == 0)
        #expect(empty.load.p99 == nil)
        #expect(empty.points == [])
    }

    @Test func samplesAreTakenFiveSecondsApartAndKeptForFifteenMinutes() throws {
        let metrics = try ServiceMetrics()
        let worker = metrics.worker(0)
        var now = MonotonicTime(nanoseconds: 1_000_000_000_000)
        for _ in 0..<5000 {
            metrics.sampleIfDue(at: now)
            worker.badRequest(from: now, to: now + .microseconds(60), bytes: nil)
            now = now + .milliseconds(400)
        }
        let windows = metrics.status(podName: "p", now).windows
        #expect(windows.map(\.minutes) == [1, 5, 15])
        for window in windows {
            // 2.5 a second; a sample is taken at every thirteenth look, 5.2 s apart.
            #expect(window.load.perSecond == Number(2500, decimals: 3))
            #expect(window.load.p50 == Latency(nanoseconds: 75_000))
            let seconds = UInt64(60 * window.minutes)
            #expect(window.seconds >= seconds && window.seconds <= seconds + 6)
        }
        #expect(windows.map(\.points.count).allSatisfy { (11...61).contains($0) })
    }
}
