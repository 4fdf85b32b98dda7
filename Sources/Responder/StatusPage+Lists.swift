private import Metrics
private import Posix

// Every rule with its hits, and the last swaps.

extension StatusPage {
    /// Rules and swaps that are seen at once; the others are unfolded.
    private static let shownRules = 100
    private static let shownSwaps = 12

    var rules: HTML {
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

    var swaps: HTML {
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
