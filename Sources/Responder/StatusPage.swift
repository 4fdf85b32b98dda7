private import Metrics
private import Posix

/// The status as one HTML page that needs nothing else: neither another resource nor, to be read, its script.
package struct StatusPage: Sendable {
    private let status: ServiceStatus

    /// Rules and swaps that are seen at once; the others are unfolded.
    private static let shownRules = 100
    private static let shownSwaps = 12

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

    // MARK: rules

    private var rules: HTML {
        guard let rules = status.rules else {
            return "<section><h2>Rules</h2><p class=\"note\">No map file: LEGACY mode.</p></section>"
        }
        let most = rules.rules.compactMap(\.hits).max() ?? 0
        let rows = rules.rules.map { Self.row($0, most: most) }
        let never = status.neverUsed.map(\.line)
        return """
            <section>
            <h2>Rules</h2>
            \(Self.facts(of: rules, at: status.time))
            \(Self.failure(rules, at: status.time))
            \(Self.faults(rules))
            \(.when(!never.isEmpty, "<p class=\"note\">Never used\(Self.since(rules)): \(Self.lines(never)).</p>"))
            \(Self.table(rows, class: "rules", shown: Self.shownRules, of: "rules", head: "<th>Line</th><th>Rule</th><th>Hits</th>"))
            \(Self.rest(rules))
            </section>
            """
    }

    private static func facts(of rules: ServiceStatus.Rules, at now: WallTime) -> HTML {
        let kinds = rules.kinds.map { kind -> HTML in
            "<span class=\"chip\"><b>\(.number(kind.count))</b> \(kind.name)</span> "
        }
        let secrets: HTML =
            rules.pullSecrets.map {
                "<span class=\"chip\"><b>\(.number($0))</b> \($0 == 1 ? "pull secret" : "pull secrets")</span>"
            } ?? ""
        let time = WallTime(milliseconds: rules.loadedAt)
        return """
            <p class="chips">\(HTML(kinds))\(secrets)</p>
            <p class="note">Loaded \(.age(of: time, at: now)), \(.time(time, time.text)). SHA-256 \
            <code>\(rules.sha256)</code></p>
            """
    }

    private static func failure(_ rules: ServiceStatus.Rules, at now: WallTime) -> HTML {
        guard let failure = rules.failure else { return "" }
        return """
            <p class="alert">Not loaded since \(.time(failure.time, failure.time.text)): \(failure.reason)</p>
            """
    }

    private static func faults(_ rules: ServiceStatus.Rules) -> HTML {
        guard !rules.faults.isEmpty else { return "" }
        let items = rules.faults.map { fault -> HTML in
            """
            <li class="\(fault.isInvalid ? "invalid" : "warning")"><p><b>Line \(fault.line)</b>, column \(fault.column): \
            \(fault.problem)</p><pre>\(fault.text)</pre></li>
            """
        }
        let more = rules.faultCount - min(rules.faultCount, UInt64(rules.faults.count))
        let warnings = rules.faultCount - min(rules.faultCount, rules.invalidLines)
        return """
            <h3>\(.plural(rules.invalidLines, "invalid line", "invalid lines"))\
            \(.when(warnings > 0, ", \(.plural(warnings, "warning", "warnings"))"))</h3>
            <ul class="faults" data-count="\(rules.faultCount)">\(HTML(items))</ul>
            \(.when(more > 0, "<p class=\"note\">\(.number(more)) more are in the log.</p>"))
            """
    }

    private static func row(_ rule: ServiceStatus.Rule, most: UInt64) -> HTML {
        let value: HTML = rule.value.text.isEmpty ? "<span class=\"note\">stays</span>" : "<code>\(rule.value)</code>"
        let hits: HTML
        if let count = rule.hits {
            let width = most == 0 ? 0 : max(1, Int(100 * Double(count) / Double(most)))
            hits =
                count == 0
                ? "<span class=\"never\" data-hits=\"0\">never</span>"
                : """
                <svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">\
                <rect x="\(100 - width)" width="\(width)" height="4"/></svg><span class="hits">\(.number(count))</span>
                """
        } else {
            hits = "<span class=\"note\">with others</span>"
        }
        return """
            <tr\(.when(rule.hits == 0, " class=\"unused\""))><td class="number">\(rule.line)</td>\
            <td><code>\(rule.key)</code> <span class="arrow">→</span> \(value)</td><td class="number">\(hits)</td></tr>
            """
    }

    private static func since(_ rules: ServiceStatus.Rules) -> HTML {
        guard let countedSince = rules.countedSince else { return "" }
        let time = WallTime(milliseconds: countedSince)
        return " since \(.time(time, time.text))"
    }

    private static func lines(_ lines: [UInt64]) -> HTML {
        let shown = lines.prefix(shownRules).map { "\($0)" }.joined(separator: ", ")
        let more = lines.count - min(lines.count, shownRules)
        return "\(lines.count == 1 ? "line" : "lines") \(shown)\(more == 0 ? "" : " and \(more) more")"
    }

    /// What the table does not tell.
    private static func rest(_ rules: ServiceStatus.Rules) -> HTML {
        var html = HTML()
        guard let count = rules.ruleCount else {
            return "<p class=\"note\">Another map file is being loaded: its rules are shown in a moment.</p>"
        }
        let more = count - min(count, UInt64(rules.rules.count))
        if more > 0 { html += "<p class=\"note\">\(.number(more)) of \(.number(count)) rules are not shown.</p>" }
        if rules.otherHits > 0 {
            let after = "after line \(LineHits.lines), counted together"
            html += "<p class=\"note\">\(.number(rules.otherHits)) hits \(after).</p>"
        }
        return html
    }

    // MARK: swaps

    private var swaps: HTML {
        let rows = status.swaps.map { Self.row($0, at: status.time) }
        return """
            <section>
            <h2>Last swaps</h2>
            \(.when(rows.isEmpty, "<p class=\"note\">None yet.</p>"))\(Self.table(
                rows, class: "swaps", shown: Self.shownSwaps, of: "swaps",
                head: "<th>When</th><th>Object</th><th>Image</th><th>By</th>"))
            </section>
            """
    }

    private static func row(_ swap: ServiceStatus.Swap, at now: WallTime) -> HTML {
        let line: HTML = swap.line.map { "\(swap.isOfNamespace ? "namespace's " : "")line \($0)" } ?? "no line"
        return """
            <tr><td class="when">\(.age(of: swap.time, at: now))\(.when(swap.isTrial, " <span class=\"tag\">audit</span>"))\
            \(.when(swap.isDryRun, " <span class=\"tag\">dry run</span>"))</td>\
            <td class="object"><b>\(swap.namespace)</b><span class="slash">/</span>\(swap.name) \
            <span class="kind">\(swap.kind)</span></td>\
            <td class="image"><code class="from">\(swap.from)</code><span class="arrow">→</span>\
            <code class="to">\(swap.to)</code></td>\
            <td class="number line"><span class="decision">\(swap.decision),</span> \(line)</td></tr>
            """
    }

    // MARK: the rest

    private var registries: HTML {
        let rows = status.registries.map { registry -> HTML in
            var targets = registry.moved.map { target -> HTML in
                "<li><span class=\"arrow\">→</span> \(target.name) <b>\(.number(target.count))</b></li>"
            }
            if registry.unchanged > 0 {
                targets.append("<li class=\"note\">stayed <b>\(.number(registry.unchanged))</b></li>")
            }
            return """
                <tr><td>\(registry.name)<ul class="targets">\(HTML(targets))</ul></td>\
                <td class="number">\(.number(registry.images))</td></tr>
                """
        }
        return Self.card("Images by registry", rows, head: "<th>From, and where to</th><th>Images</th>")
    }

    private var decisions: HTML {
        Self.card("Decisions", status.decisions.map(Self.row), head: "<th>Step that decided</th><th>Images</th>")
    }

    private var reviews: HTML {
        let counts = status.reviews + [ServiceStatus.Count(name: "bad_request", count: status.badRequests)]
        return Self.card("Reviews", counts.map(Self.row), head: "<th>Outcome</th><th>Reviews</th>")
    }

    private var verification: HTML {
        guard let verification = status.verification else { return "" }
        let silent: HTML = "<tr><td>imageswap-verifier</td><td><span class=\"tag bad\">does not answer</span></td></tr>"
        let counts = verification.reviews.map(Self.row)
        let registries = verification.verifier.registries.map { registry -> HTML in
            let answers = [("present", registry.present), ("absent", registry.absent), ("unknown", registry.unknown)]
                .map { name, count -> HTML in "<li>\(name) <b>\(.number(count))</b></li>" }
            return """
                <tr><td>\(registry.name)\(.when(registry.isLeftAlone, " <span class=\"tag bad\">left alone</span>"))\
                <ul class="targets">\(HTML(answers))</ul></td><td class="number">\(.number(registry.questions))</td></tr>
                """
        }
        return """
            \(Self.card(
                "Verified reviews", (verification.verifier.isAnswering ? [] : [silent]) + counts,
                head: "<th>Outcome</th><th>Reviews</th>"))
            \(Self.card("Registries that were asked", registries, head: "<th>Registry, and what is there</th><th>Images</th>"))
            """
    }

    private var workers: HTML {
        let workers = status.workers
        let rows: [HTML] = [
            "<tr><td>Workers</td><td class=\"number\">\(.number(workers.running)) of \(.number(workers.wanted))</td></tr>",
            "<tr><td>Threads busy</td><td class=\"number\">\(.number(workers.busyThreads)) of \(.number(workers.threads))</td></tr>",
            "<tr><td>Memory</td><td class=\"number\">\(.size(workers.residentBytes))</td></tr>",
        ]
        let restarts = workers.restarts.map { restart -> HTML in
            "<tr><td>Restarts: \(restart.name)</td><td class=\"number\">\(.number(restart.count))</td></tr>"
        }
        return Self.card("Workers", rows + restarts, head: "<th>Now</th><th></th>")
    }

    private var namespaces: HTML {
        guard let namespaces = status.namespaces else { return "" }
        let rows = namespaces.states.map { state -> HTML in
            """
            <tr><td>\(state.name)</td><td class="number">\
            \(.when(state.isFailing, "<span class=\"tag bad\">not loaded</span>"))</td></tr>
            """
        }
        let more = namespaces.count - min(namespaces.count, UInt64(rows.count))
        let last: HTML = more == 0 ? "" : "<tr><td class=\"note\">\(.number(more)) more</td><td></td></tr>"
        return Self.card(
            "Namespaces with rules of their own", rows + [last],
            head: "<th>Namespace</th><th>\(.number(namespaces.count))</th>")
    }

    private static func row(_ count: ServiceStatus.Count) -> HTML {
        "<tr><td>\(count.name)</td><td class=\"number\">\(.number(count.count))</td></tr>"
    }

    private static func card(_ title: String, _ rows: [HTML], head: HTML) -> HTML {
        """
        <section class="card">
        <h2>\(title)</h2>
        \(.when(rows.isEmpty, "<p class=\"note\">None yet.</p>"))\
        \(.when(!rows.isEmpty, "<table><thead><tr>\(head)</tr></thead><tbody>\(HTML(rows))</tbody></table>"))
        </section>
        """
    }

    private static func table(_ rows: [HTML], class name: String, shown: Int, of what: String, head: HTML) -> HTML {
        func table(_ rows: ArraySlice<HTML>) -> HTML {
            "<table class=\"\(name)\"><thead><tr>\(head)</tr></thead><tbody>\(HTML(rows))</tbody></table>"
        }
        guard !rows.isEmpty else { return "" }
        guard rows.count > shown else { return table(rows[...]) }
        return """
            \(table(rows.prefix(shown)))
            <details id="more-\(name)"><summary>\(rows.count - shown) more \(what)</summary>
            \(table(rows.dropFirst(shown)))
            </details>
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
    fileprivate var text: String { "\(date) \(rfc3339.dropFirst(11).prefix(8)) UTC" }

    /// `2026-07-01`
    fileprivate var date: String { String(rfc3339.prefix(10)) }
}
