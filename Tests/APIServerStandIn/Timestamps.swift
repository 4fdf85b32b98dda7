import Foundation
import Posix

/// `2026-11-25T13:14:56Z`
func timestamp(_ seconds: Int64) -> String {
    String(WallTime(nanoseconds: seconds * 1_000_000_000).rfc3339.prefix(19)) + "Z"
}

func seconds(ofTimestamp text: String) -> Int64? {
    (try? Date(text, strategy: .iso8601)).map { Int64($0.timeIntervalSince1970) }
}

/// `Wed, 25 Nov 2026 13:15:04 GMT`: RFC 9110, section 5.6.7.
func httpDate(_ seconds: Int64) -> String {
    let formatter = DateFormatter()
    formatter.locale = Locale(identifier: "en_US_POSIX")
    formatter.timeZone = TimeZone(secondsFromGMT: 0)
    formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
    return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(seconds)))
}
