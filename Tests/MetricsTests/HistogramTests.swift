import Metrics
import Testing

struct HistogramTests {
    @Test func observationsFallIntoTheFirstBucketThatHoldsThem() throws {
        var plan = MetricsPlan(version: 1)
        let histogram = Histogram(&plan, bounds: [10, 20, 50])
        let memory = try MetricsMemory(plan, slots: 2)
        for value: UInt64 in [0, 10, 11, 50, 51] { histogram.observe(value, in: memory.slot(0)) }
        histogram.observe(1000, in: memory.slot(1))
        let totals = histogram.totals(in: memory)
        #expect(totals.buckets.map(\.count) == [2, 3, 4])
        #expect(totals.count == 6)
        #expect(totals.sum == Number(1122))
    }

    @Test func itIsWrittenWithCumulativeBuckets() throws {
        var plan = MetricsPlan(version: 1)
        let histogram = Histogram(&plan, bounds: [50_000, 1_000_000_000], decimals: 9)
        let memory = try MetricsMemory(plan, slots: 1)
        for value: UInt64 in [50_000, 50_001, 2_000_000_000] { histogram.observe(value, in: memory.slot(0)) }
        var text = PrometheusText()
        text.add("a_seconds", help: "Time.", histogram.totals(in: memory))
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_seconds Time.
                # TYPE a_seconds histogram
                a_seconds_bucket{le="0.00005"} 1
                a_seconds_bucket{le="1"} 2
                a_seconds_bucket{le="+Inf"} 3
                a_seconds_sum 2.000100001
                a_seconds_count 3

                """)
    }
}
