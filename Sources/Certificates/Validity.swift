// From when until when a certificate is good, and when it is time for another one.

/// The validity of a certificate: RFC 5280 section 4.1.2.5. Times are seconds since 1970; both ends belong to it.
package struct Validity: Equatable, Sendable {
    package let notBefore: Int64
    package let notAfter: Int64

    /// How far back a new certificate begins, in seconds: clocks of clients may be behind ours.
    package static let headStart: Int64 = 5 * 60

    package init(notBefore: Int64, notAfter: Int64) {
        self.notBefore = notBefore
        self.notAfter = notAfter
    }

    /// From a head start before `now` until so many days after it.
    package init(days: Int, from now: Int64) {
        self.init(seconds: Int64(days) * 86400, from: now)
    }

    /// From a head start before `now` until so many seconds after it.
    package init(seconds: Int64, from now: Int64) {
        self.init(notBefore: now - Self.headStart, notAfter: now + seconds)
    }

    /// The part of it that does not go beyond the end of `other`.
    package func endingWith(_ other: Validity) -> Validity {
        Validity(notBefore: notBefore, notAfter: min(notAfter, other.notAfter))
    }

    /// When it is time for another one: a third of its life is left.
    package var renewal: Int64 { notAfter - (notAfter - notBefore) / 3 }

    /// Whether no more than a third of its life is left at `now`.
    package func isNearEnd(at now: Int64) -> Bool {
        now >= renewal
    }
}

/// A time as in "2027-02-22 23:45:42 UTC".
package func utcText(_ secondsSince1970: Int64) -> String {
    func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
    func floored(_ number: Int64, by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
        return rest < 0 ? (quotient - 1, rest + divisor) : (quotient, rest)
    }
    let (days, second) = floored(secondsSince1970, by: 86400)
    // The proleptic Gregorian calendar counted from 0000-03-01, so that a leap day is the last of its year.
    let (era, day) = floored(days + 719_468, by: 146_097)
    let yearOfEra = (day - day / 1460 + day / 36524 - day / 146_096) / 365
    let dayOfYear = day - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let marchMonth = (5 * dayOfYear + 2) / 153
    let month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
    let year = era * 400 + yearOfEra + (month <= 2 ? 1 : 0)
    let date = "\(year)-\(two(month))-\(two(dayOfYear - (153 * marchMonth + 2) / 5 + 1))"
    return "\(date) \(two(second / 3600)):\(two(second / 60 % 60)):\(two(second % 60)) UTC"
}
