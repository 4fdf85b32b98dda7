private import Metrics
private import Posix

/// The status as one HTML page that needs nothing else: neither another resource nor, to be read, its script.
package struct StatusPage: Sendable {
    let status: ServiceStatus

    package init(_ status: ServiceStatus) { self.status = status }

    package static let contentType = "text/html; charset=utf-8"

    /// What goes with the page: nothing is loaded or run but what stands in it, and its script may ask for it anew.
    package static let headers: [(name: String, value: String)] = [
        (
            "Content-Security-Policy",
            """
            default-src 'none'; style-src '\(StatusAssets.styleHash)'; script-src '\(StatusAssets.scriptHash)'; \
            connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'
            """
        ),
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"),
    ]

    package var bytes: [UInt8] { page.bytes }

    private var page: HTML {
        """
        <!doctype html>
        <html lang="en" data-version="\(status.version)">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>\(status.problems.state.title) · ImageSwap</title>
        <style>\(HTML(raw: StatusAssets.style))</style>
        </head>
        <body>
        <p id="stale" role="status">No answer: what stands here is old.</p>
        <main>
        <header>
        <p class="name"><b>ImageSwap</b> <span>\(status.version)</span></p>
        <p class="pod">\(status.podName)</p>
        </header>
        \(health)
        \(facts)
        \(load)
        \(rules)
        \(swaps)
        <div class="columns">
        \(registries)
        \(decisions)
        \(reviews)
        \(verification)
        \(workers)
        \(namespaces)
        </div>
        <footer>
        <p>As of \(.time(status.time, status.time.text)), \
        <a href="?format=json">the same as JSON</a>. This is one replica's page.</p>
        </footer>
        </main>
        <script>\(HTML(raw: StatusAssets.script))</script>
        </body>
        </html>

        """
    }

    // MARK: at a glance

    private var health: HTML {
        let state = status.problems.state
        let problems = status.problems.list.map { problem -> HTML in
            "<li data-problem=\"\(problem.name)\">\(problem.text)</li>"
        }
        let started: HTML =
            status.startedAt.map {
                "; started \(.age(of: WallTime($0), at: status.time))"
            } ?? ""
        return """
            <section class="health \(state.rawValue)">
            <h1>\(state.title)</h1>
            <p>since \(.time(status.since, status.since.text)), \
            \(StatusText.span(max(0, status.time.nanoseconds - status.since.nanoseconds) / 1_000_000_000))\(started)</p>
            \(.when(!problems.isEmpty, "<ul>\(HTML(problems))</ul>"))
            </section>
            """
    }

    private var facts: HTML {
        """
        <dl class="facts">
        \(Self.fact("Rules", rulesFact))
        \(Self.fact("Last swap", lastSwapFact))
        \(Self.fact("Certificate", certificateFact))
        \(Self.fact("Last minute", loadFact))
        </dl>
        """
    }

    private static func fact(_ name: String, _ value: HTML) -> HTML { "<div><dt>\(name)</dt>\(value)</div>" }

    private var rulesFact: HTML {
        guard let rules = status.rules else { return "<dd>–</dd><dd class=\"more\">no map file</dd>" }
        guard let count = rules.ruleCount else { return "<dd>–</dd><dd class=\"more\">being loaded</dd>" }
        let never = status.neverUsed.count
        return """
            <dd>\(.plural(count, "rule", "rules"))</dd>
            <dd class="more">\(never == 0 ? "all have acted" : "\(never) never used")\
            \(.when(rules.invalidLines > 0, ", <b>\(.plural(rules.invalidLines, "invalid line", "invalid lines"))</b>"))</dd>
            """
    }

    private var lastSwapFact: HTML {
        guard let last = status.swaps.first else { return "<dd>none yet</dd>" }
        return """
            <dd>\(.age(of: last.time, at: status.time))</dd>
            <dd class="more one-line">\(last.namespace)/\(last.name)</dd>
            <dd class="more one-line"><code>\(last.to)</code></dd>
            """
    }

    private var certificateFact: HTML {
        guard status.certificate.isWatched else {
            return "<dd>–</dd><dd class=\"more\">not watched here</dd>"
        }
        guard let life = status.certificate.life else { return "<dd>unreadable</dd>" }
        let days = status.time.days(until: life.end)
        let end = WallTime(seconds: life.end)
        let authority: HTML =
            status.certificate.authorityEnd.map {
                """
                ; CA \(.plural(status.time.days(until: $0), "day", "days")), \
                until \(.time(WallTime(seconds: $0), WallTime(seconds: $0).date))
                """
            } ?? ""
        return """
            <dd>\(.when(status.time < end, .plural(days, "day", "days")))\(.when(status.time >= end, "ended"))</dd>
            <dd class="more">until \(.time(end, end.date))\(authority)</dd>
            """
    }

    private var loadFact: HTML {
        guard let window = status.windows.first else { return "<dd>–</dd>" }
        return """
            <dd>\(.rate(window.load.perSecond)) <small>reviews/s</small></dd>
            <dd class="more">p99 \(.latency(window.load.p99))</dd>
            """
    }

    // MARK: load

    private var load: HTML {
        """
        <section>
        <h2>Load</h2>
        <div class="windows">\(HTML(status.windows.map(Self.window)))</div>
        </section>
        """
    }

    private static func window(_ window: StatusWindow) -> HTML {
        let chart = StatusChart(window)
        let points = window.points.map(\.load)
        let minutes = "\(window.minutes) \(window.minutes == 1 ? "minute" : "minutes")"
        let isWhole = window.seconds + 5 >= UInt64(60 * window.minutes)
        let most = points.max { $0.perSecond.units < $1.perSecond.units }?.perSecond
        return """
            <article>
            <h3>\(minutes)\(.when(!isWhole, " <small>\(StatusText.span(Int64(window.seconds))) so far</small>"))</h3>
            <p class="big">\(.rate(window.load.perSecond)) <small>reviews/s\
            \(most.map { ", at most \(StatusText.rate($0))" } ?? "")</small></p>
            \(chart.area(points.map { Double($0.perSecond.units) }, label: "Reviews a second over \(minutes)"))
            <dl class="percentiles">
            <div class="p50"><dt>p50</dt><dd>\(.latency(window.load.p50))</dd></div>
            <div class="p90"><dt>p90</dt><dd>\(.latency(window.load.p90))</dd></div>
            <div class="p99"><dt>p99</dt><dd>\(.latency(window.load.p99))</dd></div>
            </dl>
            \(chart.lines(
                [
                    ("p50", points.map { $0.p50?.nanoseconds }), ("p90", points.map { $0.p90?.nanoseconds }),
                    ("p99", points.map { $0.p99?.nanoseconds }),
                ], from: 10_000, label: "Latency over \(minutes), from 10 microseconds, logarithmic"))
            <p class="count">\(.plural(window.load.requests, "request", "requests"))</p>
            </article>
            """
    }
}

extension ServiceMetrics.Problems.State {
    fileprivate var title: String {
        switch self {
        case .healthy: "Healthy"
        case .degraded: "Degraded"
        case .failing: "Failing"
        }
    }
}

extension WallTime {
    /// `2026-07-01 09:05:03 UTC`
    var text: String { "\(date) \(rfc3339.dropFirst(11).prefix(8)) UTC" }

    /// `2026-07-01`
    fileprivate var date: String { String(rfc3339.prefix(10)) }
}
