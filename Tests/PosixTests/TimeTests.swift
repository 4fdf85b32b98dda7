internal import Posix
internal import Testing

@Suite struct TimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"),
            (999_999, "1970-01-01T00:00:00.000Z"),
            (1_000_000, "1970-01-01T00:00:00.001Z"),
            (-1, "1969-12-31T23:59:59.999Z"),
            (951_782_399_999_000_000, "2000-02-28T23:59:59.999Z"),
            (951_782_400_000_000_000, "2000-02-29T00:00:00.000Z"),
            (951_868_800_000_000_000, "2000-03-01T00:00:00.000Z"),
            (1_709_164_800_000_000_000, "2024-02-29T00:00:00.000Z"),
            (1_782_896_703_007_000_000, "2026-07-01T09:05:03.007Z"),
            (4_107_542_400_000_000_000, "2100-03-01T00:00:00.000Z"),
            (4_107_542_399_000_000_000, "2100-02-28T23:59:59.000Z"),
            (Int64.max, "2262-04-11T23:47:16.854Z"),
            (Int64.min, "1677-09-21T00:12:43.145Z"),
        ] as [(Int64, String)])
    func textIsRFC3339(_ nanoseconds: Int64, _ text: String) {
        #expect(WallTime(nanoseconds: nanoseconds).rfc3339 == text)
    }

    @Test func clocksRun() {
        let first = MonotonicTime.now
        #expect(first <= MonotonicTime.now)
        #expect(first + .milliseconds(1500) - first == .milliseconds(1500))
        // 2025-01-01
        #expect(WallTime.now > WallTime(nanoseconds: 1_735_689_600_000_000_000))
    }

    @Test func hostTellsItsName() throws {
        #expect(try !Host.name().isEmpty)
        #expect(try #require(Host.backlogLimit()) > 0)
    }
}
