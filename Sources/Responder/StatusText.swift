internal import Metrics

/// Numbers as people read them.
enum StatusText {
    /// `1,234,567`
    static func grouped(_ value: UInt64) -> String {
        let digits = String(value)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text += "," }
            text.append(digit)
        }
        return text
    }

    /// A span of time in seconds by its two largest units: `3 h 20 min`.
    static func span(_ seconds: Int64) -> String {
        let units: [(size: Int64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        guard let first = units.firstIndex(where: { seconds >= $0.size }) else { return "0 s" }
        let (count, rest) = seconds.quotientAndRemainder(dividingBy: units[first].size)
        let text = "\(count) \(units[first].name)"
        guard first + 1 < units.count, count < 10 else { return text }
        let next = rest / units[first + 1].size
        return next == 0 ? text : "\(text) \(next) \(units[first + 1].name)"
    }

    /// Three digits at most: `0.25`, `8.1`, `812`.
    static func rate(_ value: Number) -> String {
        // Thousandths.
        let units = value.units
        if units >= 100_000 { return grouped((units + 500) / 1000) }
        if units >= 10_000 { return Number((units + 50) / 100, decimals: 1).description }
        return Number((units + 5) / 10, decimals: 2).description
    }

    /// `85 µs`, `1.2 ms`, `> 1 s`
    static func latency(_ latency: Latency) -> String {
        let value = latency.nanoseconds
        let (unit, name): (UInt64, String) =
            value >= 1_000_000_000 ? (1_000_000_000, "s") : value >= 1_000_000 ? (1_000_000, "ms") : (1000, "µs")
        let tenths = (value * 10 + unit / 2) / unit
        let text = tenths >= 100 ? "\((tenths + 5) / 10)" : Number(tenths, decimals: 1).description
        return "\(latency.isMore ? "> " : "")\(text) \(name)"
    }

    static func size(_ bytes: UInt64) -> String { "\((bytes + 500_000) / 1_000_000) MB" }
}
