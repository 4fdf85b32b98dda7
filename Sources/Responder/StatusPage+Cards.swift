// What was counted: a card each.

extension StatusPage {
    var registries: HTML {
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

    var decisions: HTML {
        Self.card("Decisions", status.decisions.map(Self.row), head: "<th>Step that decided</th><th>Images</th>")
    }

    var reviews: HTML {
        let counts = status.reviews + [ServiceStatus.Count(name: "bad_request", count: status.badRequests)]
        return Self.card("Reviews", counts.map(Self.row), head: "<th>Outcome</th><th>Reviews</th>")
    }

    var verification: HTML {
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

    var workers: HTML {
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

    var namespaces: HTML {
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
}
