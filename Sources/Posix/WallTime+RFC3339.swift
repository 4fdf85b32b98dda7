extension WallTime {
    /// The time in UTC as RFC 3339 has it, to the millisecond: "2026-07-01T09:05:03.007Z". Years 0000 to 9999, which
    /// all of Int64's nanoseconds (1677 to 2262) are.
    package var rfc3339: String {
        let milliseconds = Self.floor(nanoseconds, 1_000_000).quotient
        let (seconds, fraction) = Self.floor(milliseconds, 1000)
        let (days, time) = Self.floor(seconds, 86_400)
        let (year, month, day) = Self.civil(days: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ value: Int64, _ width: Int, _ end: Unicode.Scalar) {
            var unit: Int64 = 1
            for _ in 1..<width { unit *= 10 }
            while unit > 0 {
                text.append(UInt8(ascii: "0") + UInt8(value / unit % 10))
                unit /= 10
            }
            text.append(UInt8(ascii: end))
        }
        append(year, 4, "-")
        append(month, 2, "-")
        append(day, 2, "T")
        append(time / 3600, 2, ":")
        append(time / 60 % 60, 2, ":")
        append(time % 60, 2, ".")
        append(fraction, 3, "Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// The date that is `days` after 1970-01-01, by Howard Hinnant's civil_from_days: years that begin in March, in
    /// eras of 400 years, so that the leap day comes last.
    private static func civil(days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let (era, dayOfEra) = floor(days + 719_468, 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1)
    }

    /// Division that rounds down also before 1970.
    private static func floor(_ value: Int64, _ unit: Int64) -> (quotient: Int64, remainder: Int64) {
        let (quotient, remainder) = value.quotientAndRemainder(dividingBy: unit)
        return remainder < 0 ? (quotient - 1, remainder + unit) : (quotient, remainder)
    }
}
