private import Certificates

/// The status page's style and script, and the hashes by which a browser tells that they are the page's own.
package enum StatusAssets {
    package static let styleHash = hash(style)
    package static let scriptHash = hash(script)

    /// A hash source of a Content-Security-Policy (https://www.w3.org/TR/CSP3/#grammardef-hash-source).
    private static func hash(_ text: String) -> String {
        "sha256-\(base64(SHA256.digest(Array(text.utf8))))"
    }

    /// Standard base64, padded (RFC 4648, section 4).
    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
            for digit in 0..<4 {
                text.append(digit <= group.count ? alphabet[value >> (18 - 6 * digit) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Asks for the page every five seconds and takes its content, unless someone is about to copy something; says so when
    /// there is no answer. A page of another version is loaded as a whole.
    package static let script = """
        (() => {
          const look = async () => {
            if (document.hidden || String(getSelection())) return;
            try {
              const answer = await fetch(location.href, { cache: "no-store", signal: AbortSignal.timeout(4000) });
              if (!answer.ok) throw new Error(answer.statusText);
              const page = new DOMParser().parseFromString(await answer.text(), "text/html");
              if (page.documentElement.dataset.version !== document.documentElement.dataset.version) location.reload();
              for (const open of document.querySelectorAll("details[open]"))
                page.getElementById(open.id)?.setAttribute("open", "");
              document.querySelector("main").replaceWith(document.adoptNode(page.querySelector("main")));
              document.title = page.title;
              document.body.classList.remove("stale");
            } catch {
              document.body.classList.add("stale");
            }
          };
          setInterval(look, 5000);
          document.addEventListener("visibilitychange", look);
        })();
        """

    package static let style = """
        :root {
          color-scheme: light dark;
          --ground: #f6f6f4; --surface: #fff; --text: #1b1e23; --soft: #5b636e; --line: #e2e4e7; --faint: #f0f1f3;
          --accent: #2a5db8; --area: #2a5db822; --p50: #6b9bd8; --p90: #2a5db8; --p99: #b3541e;
          --ok: #17703f; --ok-ground: #e7f4ec; --warn: #8a5a00; --warn-ground: #fdf3dc; --bad: #b3261e; --bad-ground: #fce8e6;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #121417; --surface: #1a1d21; --text: #e4e7ea; --soft: #9aa3ae; --line: #2b3036; --faint: #22262b;
            --accent: #7fa8f0; --area: #7fa8f022; --p50: #5878ac; --p90: #8fb4f5; --p99: #e8a06a;
            --ok: #5cc48a; --ok-ground: #14271d; --warn: #e0b04a; --warn-ground: #2b2312; --bad: #f28b82; --bad-ground: #321917;
          }
        }
        * { box-sizing: border-box; margin: 0; padding: 0; }
        body {
          background: var(--ground); color: var(--text); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif;
          font-variant-numeric: tabular-nums; -webkit-text-size-adjust: 100%;
        }
        main { max-width: 72rem; margin: 0 auto; padding: 1.25rem 1.25rem 3rem; }
        header { display: flex; justify-content: space-between; gap: 1rem; margin-bottom: 1rem; color: var(--soft); }
        header b { color: var(--text); font-weight: 650; }
        .pod { overflow-wrap: anywhere; text-align: right; }
        h1 { font-size: 1.9rem; line-height: 1.2; font-weight: 650; letter-spacing: -0.01em; }
        h2 { font-size: 1.05rem; font-weight: 650; margin-bottom: 0.75rem; }
        h3 { font-size: 0.9rem; font-weight: 600; }
        h3 small, .big small, .facts small { font-weight: 400; color: var(--soft); font-size: 0.85rem; }
        code, pre { font: 0.86em/1.45 ui-monospace, "SF Mono", "Cascadia Mono", Menlo, Consolas, monospace; }
        code, pre, td, .alert { overflow-wrap: anywhere; unicode-bidi: isolate; }
        pre { white-space: pre-wrap; }
        section, article { min-width: 0; }
        main > section, .card { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; margin-bottom: 1rem; }
        .note, .count { color: var(--soft); font-size: 0.88rem; }
        section > .note { margin-bottom: 0.6rem; overflow-wrap: anywhere; }
        .cut { color: var(--warn); font-weight: 700; }
        #stale { display: none; }
        .stale #stale { display: block; position: sticky; top: 0; z-index: 1; background: var(--bad); color: var(--ground); text-align: center; padding: 0.4rem; font-weight: 600; }

        main > .health { border-left-width: 6px; }
        .health p { color: var(--soft); }
        .health ul { margin: 0.6rem 0 0 1.1rem; }
        main > .healthy { border-left-color: var(--ok); background: var(--ok-ground); }
        main > .degraded { border-left-color: var(--warn); background: var(--warn-ground); }
        main > .failing { border-left-color: var(--bad); background: var(--bad-ground); }
        .healthy h1 { color: var(--ok); }
        .degraded h1 { color: var(--warn); }
        .failing h1 { color: var(--bad); }

        .facts { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 1rem; margin-bottom: 1rem; }
        .facts div { background: var(--surface); border: 1px solid var(--line); border-radius: 10px; padding: 0.9rem 1.1rem; min-width: 0; }
        .facts dt { color: var(--soft); font-size: 0.85rem; }
        .facts dd { font-size: 1.3rem; font-weight: 600; line-height: 1.35; }
        .facts .more { font-size: 0.88rem; font-weight: 400; color: var(--soft); }
        .more b { color: var(--bad); font-weight: 600; }
        .one-line { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }

        .windows { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 2rem; }
        .big { font-size: 1.3rem; font-weight: 600; }
        article svg { display: block; width: 100%; height: 64px; margin: 0.3rem 0 0.6rem; border-bottom: 1px solid var(--line); }
        .line { fill: none; stroke: var(--accent); stroke-width: 1.5; vector-effect: non-scaling-stroke; stroke-linejoin: round; }
        .area { fill: var(--area); }
        svg .p50 { stroke: var(--p50); } svg .p90 { stroke: var(--p90); } svg .p99 { stroke: var(--p99); }
        .percentiles { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 0.5rem; font-size: 0.9rem; }
        .percentiles dt { color: var(--soft); font-size: 0.8rem; }
        .percentiles dt::before { content: ""; display: inline-block; width: 0.9em; height: 2px; margin-right: 0.4em; vertical-align: middle; background: var(--p90); }
        .percentiles .p50 dt::before { background: var(--p50); } .percentiles .p99 dt::before { background: var(--p99); }
        .percentiles dd { font-weight: 600; }

        table { width: 100%; border-collapse: collapse; font-size: 0.92rem; }
        th { text-align: left; font-weight: 500; color: var(--soft); font-size: 0.82rem; padding: 0 0.75rem 0.35rem 0; border-bottom: 1px solid var(--line); }
        td { padding: 0.4rem 0.75rem 0.4rem 0; border-bottom: 1px solid var(--faint); vertical-align: top; }
        tr:last-child td { border-bottom: 0; }
        th:last-child, td:last-child { padding-right: 0; }
        .number, .card th:last-child, .rules th:last-child { text-align: right; white-space: nowrap; }
        .rules th:first-child { width: 3.5rem; } .rules th:last-child { width: 10rem; }
        .rules .number:first-child { color: var(--soft); text-align: left; }
        .arrow { color: var(--soft); }
        .unused code { color: var(--soft); }
        .never, .tag { font-size: 0.8rem; border-radius: 4px; padding: 0.05rem 0.4rem; background: var(--warn-ground); color: var(--warn); white-space: nowrap; }
        .tag { background: var(--faint); color: var(--soft); }
        .bad { background: var(--bad-ground); color: var(--bad); }
        .bar { display: inline-block; width: 4.5rem; height: 4px; margin-right: 0.75rem; vertical-align: middle; background: var(--faint); }
        .hits { display: inline-block; min-width: 3.75rem; }
        .bar rect { fill: var(--accent); }
        .chips { margin-bottom: 0.5rem; }
        .chip { display: inline-block; margin-right: 1rem; color: var(--soft); }
        .chip b { color: var(--text); }
        .alert { background: var(--bad-ground); color: var(--bad); border-radius: 6px; padding: 0.6rem 0.8rem; margin: 0.6rem 0; }
        .faults { list-style: none; margin: 0.4rem 0 1rem; }
        .faults li { border-left: 3px solid var(--warn); padding: 0.1rem 0 0.1rem 0.75rem; margin-bottom: 0.5rem; }
        .faults .invalid { border-color: var(--bad); }
        .faults pre { color: var(--soft); }
        .when, .swaps .line { white-space: nowrap; }
        .swaps .line { text-align: right; fill: none; }
        .swaps th:last-child { text-align: right; }
        .swaps .when { width: 8.5rem; color: var(--soft); } .swaps .object { width: 30%; }
        .object b { font-weight: 600; }
        .kind, .decision { color: var(--soft); font-size: 0.82rem; }
        .image code { display: inline; } .from { color: var(--soft); } .image .arrow { margin: 0 0.4rem; }
        summary { cursor: pointer; color: var(--accent); padding: 0.6rem 0; font-size: 0.92rem; }
        details thead { display: none; }
        .columns { columns: 2; column-gap: 1rem; }
        .card { break-inside: avoid; }
        .targets { list-style: none; font-size: 0.88rem; }
        .targets b { font-weight: 500; color: var(--soft); }
        footer { color: var(--soft); font-size: 0.88rem; text-align: center; margin-top: 0.5rem; }
        a { color: var(--accent); }

        @media (max-width: 48rem) {
          main { padding: 0.9rem 0.75rem 2rem; }
          .facts { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.75rem; }
          .facts div { padding: 0.7rem 0.8rem; }
          .facts dd { font-size: 1.1rem; }
          main > section, .card { padding: 0.9rem 0.9rem; }
          .windows { grid-template-columns: minmax(0, 1fr); gap: 1.25rem; }
          .columns { columns: 1; }
          .rules th:first-child { width: 2.5rem; } .rules th:last-child { width: 4.5rem; }
          .swaps thead { display: none; }
          .swaps tr { display: grid; grid-template-columns: minmax(0, 1fr) auto; border-bottom: 1px solid var(--faint); padding: 0.5rem 0; }
          .swaps td { border: 0; padding: 0.05rem 0; width: auto !important; }
          .swaps .object { grid-row: 1; grid-column: 1; }
          .swaps .when { grid-row: 1; grid-column: 2; padding-left: 0.75rem; }
          .swaps .image { grid-row: 2; grid-column: 1 / 3; }
          .swaps .line { grid-row: 3; grid-column: 1 / 3; text-align: left; }
          .bar { display: none; }
          .hits { min-width: 0; }
          .from { display: block !important; }
          .image .arrow { margin-left: 0; }
        }
        """
}
