import Provisioning
import Testing

@Suite struct TimeSpanTests {
    @Test(arguments: [
        ("90d", 90 * 86400), ("1h", 3600), ("1h30m", 5400), ("45", 45), ("0d5s", 5), ("2160h", 2160 * 3600),
    ])
    func aSpanIsTheSumOfItsParts(text: String, seconds: Int64) {
        #expect(TimeSpan(text)?.seconds == seconds)
    }

    @Test func aNumberAloneIsOfTheUnitThatIsMeant() {
        #expect(TimeSpan("90", unit: "d")?.seconds == 7_776_000)
    }

    @Test(arguments: ["", "0", "-1s", "h", "1w", "1 h", "5m3", "1.5h", "99999999999999999999d", "90000d", "٣s"])
    func anythingElseIsNone(text: String) {
        #expect(TimeSpan(text) == nil)
    }
}
