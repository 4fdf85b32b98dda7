// When a certificate is good, and when it is time for another one.

import Certificates
import Testing

@Suite struct ValidityTests {
    @Test func aNewOneBeginsFiveMinutesBack() {
        #expect(Validity(days: 2, from: 1000) == Validity(notBefore: 700, notAfter: 1000 + 2 * 86400))
    }

    @Test(arguments: [(0, false), (199, false), (200, true), (300, true), (400, true)])
    func itIsNearItsEndWithAThirdOfItsLifeLeft(now: Int64, near: Bool) {
        #expect(Validity(notBefore: 0, notAfter: 300).isNearEnd(at: now) == near)
    }

    @Test(arguments: [
        (0, "1970-01-01 00:00:00 UTC"), (-1, "1969-12-31 23:59:59 UTC"), (951_782_400, "2000-02-29 00:00:00 UTC"),
        (1_795_564_800, "2026-11-25 00:00:00 UTC"), (4_107_542_399, "2100-02-28 23:59:59 UTC"),
        (4_107_542_400, "2100-03-01 00:00:00 UTC"), (253_402_300_799, "9999-12-31 23:59:59 UTC"),
    ])
    func aTimeIsWrittenInUTC(seconds: Int64, text: String) {
        #expect(utcText(seconds) == text)
    }
}
