/// A small drawing of how something went over a window's minutes, as SVG. It is stretched to the room that it gets, so all
/// text stands beside it.
struct StatusChart {
    /// How long ago each point was, in seconds, the oldest first.
    private let times: [UInt64]
    private let span: UInt64

    private static let width = 300.0
    private static let height = 64.0

    init(_ window: StatusWindow) {
        times = window.points.map(\.secondsAgo)
        span = UInt64(60 * window.minutes)
    }

    /// Values from 0 on, with the area below them.
    func area(_ values: [Double], label: String) -> HTML {
        let top = max(values.max() ?? 0, 1e-9)
        let line = points(values.map { $0 / top })
        guard let first = line.first?.first, let last = line.last?.last else { return drawing("", label) }
        let ground = Self.text(Self.height)
        let path = line.map(Self.path).joined()
        return drawing(
            """
            <path class="area" d="\(path)L\(Self.text(last.x)) \(ground)L\(Self.text(first.x)) \(ground)Z"/>\
            <path class="line" d="\(path)"/>
            """, label)
    }

    /// Several lines, each by its class, on one scale by powers of two.
    func lines(_ series: [(name: String, values: [UInt64?])], from low: UInt64, label: String) -> HTML {
        let high = max(series.flatMap { $0.values.compactMap { $0 } }.max() ?? 0, low * 2)
        let (bottom, top) = (Self.logarithm(low), Self.logarithm(high))
        let paths = series.map { name, values -> HTML in
            let heights = values.map { value in
                value.map { min(1, max(0, (Self.logarithm($0) - bottom) / (top - bottom))) }
            }
            return "<path class=\"line \(name)\" d=\"\(points(heights).map(Self.path).joined())\"/>"
        }
        return drawing(HTML(paths), label)
    }

    private func drawing(_ content: HTML, _ label: String) -> HTML {
        """
        <svg viewBox="0 0 \(Int(Self.width)) \(Int(Self.height))" preserveAspectRatio="none" role="img" \
        aria-label="\(label)">\(content)</svg>
        """
    }

    private struct Point {
        let x: Double
        let y: Double
    }

    /// Runs of points without a gap. Heights are parts of the whole.
    private func points(_ heights: [Double?]) -> [[Point]] {
        var runs: [[Point]] = []
        var isOpen = false
        for (time, height) in zip(times, heights) {
            guard let height else {
                isOpen = false
                continue
            }
            if !isOpen { runs.append([]) }
            isOpen = true
            let x = Self.width * max(0, 1 - Double(time) / Double(span))
            runs[runs.count - 1].append(Point(x: x, y: 2 + (Self.height - 4) * (1 - height)))
        }
        return runs
    }

    private static func path(_ points: [Point]) -> String {
        guard let first = points.first else { return "" }
        // A point alone is a short stroke.
        let rest = points.count > 1 ? points[1...] : [Point(x: first.x + 1, y: first.y)]
        return "M\(text(first.x)) \(text(first.y))" + rest.map { "L\(text($0.x)) \(text($0.y))" }.joined()
    }

    /// With one decimal.
    private static func text(_ value: Double) -> String {
        let tenths = Int((value * 10).rounded())
        return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
    }

    /// To base 2, between its powers by a straight line: near enough for a drawing.
    private static func logarithm(_ value: UInt64) -> Double {
        let number = Double(max(1, value))
        return Double(number.exponent) + number.significand - 1
    }
}
