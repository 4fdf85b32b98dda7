import Foundation
import Posix
import Responder
import Testing

/// The status as HTML and as JSON.
struct StatusPageTests {
    private func fixture() throws -> StatusFixture {
        let fixture = try StatusFixture()
        for number in 0..<1300 {
            try fixture.review(
                slot: number % 2, name: "web-\(number)", ["nginx:\(number)", "quay.io/a/b", "ghcr.io/c"])
        }
        let now = StatusFixture.start.nanoseconds / 1_000_000_000
        fixture.metrics.tellOfCertificate(
            ServingCertificate(
                isWatched: true, life: .init(start: now, end: now + 47 * 86_400), authorityEnd: now + 2111 * 86_400))
        fixture.metrics.setNamespaceRules(2, isFailing: false)
        fixture.metrics.tellOfNamespaces([
            .init(name: "team-a", isFailing: false), .init(name: "team-b", isFailing: false),
        ])
        fixture.metrics.restarted(.stuck)
        return fixture
    }

    /// Strings and numbers of a JSON text, as they stand in it.
    private func leaves(_ json: String) -> Set<String> {
        var leaves: Set<String> = []
        let withoutPoints = json.replacing(/"points":\[[^\]]*\]/, with: "")
        for match in withoutPoints.matches(of: /[:\[,](?:"((?:[^"\\]|\\.)*)"(?!:)|([0-9.]+))(?=[,}\]])/) {
            leaves.insert(String(match.1 ?? match.2 ?? ""))
        }
        return leaves
    }

    @Test func pageAndJSONTellTheSame() throws {
        let fixture = try fixture()
        for outcome in [VerifierClient.Outcome.answered, .late, .late] {
            fixture.metrics.worker(0).verification(outcome)
        }
        let status = fixture.metrics.status(
            podName: "pod-1", verifier: VerifierReport(Array(VerifierReportTests.metrics.utf8)),
            at: StatusFixture.start)
        let json = String(decoding: status.json.bytes, as: UTF8.self)
        let page = String(decoding: StatusPage(status).bytes, as: UTF8.self)
        let parsed = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        #expect(
            Set(try #require(parsed).keys) == [
                "time", "pod_name", "version", "started", "health", "certificate", "rules", "namespaces", "reviews",
                "decisions", "verification", "registries", "load", "workers", "swaps",
            ])
        let leaves = leaves(json)
        #expect(
            leaves.isSuperset(of: ["pod-1", "1300", "2111", "47", "web-1299", "quay.io", "team-b", "stuck", "healthy"]))
        #expect(leaves.isSuperset(of: ["unreachable", "m.example.com:5000", "8123456"]))
        let body = try #require(page.firstRange(of: "<body>"))
        let text = String(page[body.lowerBound...]).replacing(/<script>.*<\/script>/.dotMatchesNewlines(), with: "")
        for leaf in leaves where leaf != "" {
            let isThere = text.contains(leaf.replacing("'", with: "&#39;"))
            #expect(isThere, "\(leaf) is not on the page")
        }
    }

    @Test func theHashesAreThoseOfThePagesOwnStyleAndScript() throws {
        let page = try fixture().page()
        let policy = try #require(StatusPage.headers.first { $0.name == "Content-Security-Policy" }?.value)
        #expect(policy.hasPrefix("default-src 'none'; "))
        for (tag, directive) in [("style", "style-src"), ("script", "script-src")] {
            let parts = page.components(separatedBy: "<\(tag)>")
            #expect(parts.count == 2, "one \(tag)")
            let text = try #require(parts.last?.components(separatedBy: "</\(tag)>").first)
            #expect(policy.contains("\(directive) 'sha256-\(try digest(text))';"))
        }
        // Neither would be let through.
        #expect(!page.contains(" style=") && !page.contains(" onclick="))
        #expect(!page.contains("src=") && !page.contains("url("))
    }

    /// By another implementation.
    private func digest(_ text: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/bin/sh")
        process.arguments = ["-c", "sha256sum | cut -c1-64"]
        let (input, output) = (Pipe(), Pipe())
        (process.standardInput, process.standardOutput) = (input, output)
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let hex = String(decoding: try output.fileHandleForReading.readToEnd() ?? Data(), as: UTF8.self)
        process.waitUntilExit()
        var digest = Data()
        var digits = hex.prefix(64)
        while let byte = UInt8(digits.prefix(2), radix: 16) {
            digest.append(byte)
            digits = digits.dropFirst(2)
        }
        return digest.base64EncodedString()
    }

    @Test(arguments: [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("\"' onload=x", "&quot;&#39; onload=x"), ("&lt;", "&amp;lt;"), ("a\u{202e}b", #"a\u{202e}b"#),
        ("\u{200b}\u{feff}", #"\u{200b}\u{feff}"#), ("\u{0}\u{1b}\n\t", #"\u{0}\u{1b}\u{a}\u{9}"#),
        ("раypal", #"\u{440}\u{430}ypal"#), ("…", #"\u{2026}"#), ("plain-1.2", "plain-1.2"),
    ])
    func whateverANameHasItStaysText(name: String, shown: String) throws {
        let fixture = try StatusFixture(
            maps: "[REPLACE]*nginx*::m.example.com\n\(name.filter { $0 != "\n" }) no separator\n")
        try fixture.review(namespace: name, name: name, ["\(name)/nginx"])
        let page = fixture.page()
        #expect(page.contains("<b>\(shown)</b><span class=\"slash\">/</span>\(shown) "))
        #expect(page.contains("<code class=\"from\">\(shown)/nginx</code>"))
        #expect(page.components(separatedBy: "<script>").count == 2)
        // In JSON it is what it was.
        let json = try JSONSerialization.jsonObject(with: Data(fixture.json().utf8)) as? [String: Any]
        let swap = try #require((json?["swaps"] as? [[String: Any]])?.first)
        #expect(swap["name"] as? String == name)
        #expect(swap["from"] as? String == "\(name)/nginx")
    }

    @Test func chartsAreDrawnFromSamplesWithGapsWhereNothingCame() throws {
        let metrics = try ServiceMetrics()
        let worker = metrics.worker(0)
        let now = MonotonicTime.now
        for number in 0...60 {
            let time = now + .seconds(5 * number - 300)
            metrics.sampleIfDue(at: time)
            // A minute without a request, three minutes ago.
            if !(24..<36).contains(number) { worker.badRequest(from: time, to: time + .microseconds(80), bytes: nil) }
        }
        let page = String(decoding: StatusPage(metrics.status(podName: "p", at: .now, now)).bytes, as: UTF8.self)
        let charts = page.components(separatedBy: "<svg ").dropFirst().map { String($0.prefix { $0 != "\n" }) }
        #expect(charts.count == 6)
        #expect(charts.allSatisfy { $0.contains(" d=\"M") })
        // Of five minutes: one line of rates, two of a percentile's.
        let percentiles = try #require(charts.first { $0.contains("Latency over 5 minutes") })
        let p50 = try #require(percentiles.components(separatedBy: "line p50\" d=\"").last?.prefix { $0 != "\"" })
        #expect(p50.count { $0 == "M" } == 2)
        let rates = try #require(charts.first { $0.contains("second over 5 minutes") })
        #expect(rates.count { $0 == "M" } == 2, "an area, and the line above it: \(rates)")
        // All within the picture.
        for chart in charts {
            for point in chart.matches(of: /[ML](-?[0-9.]+) (-?[0-9.]+)/) {
                let (x, y) = (try #require(Double(point.1)), try #require(Double(point.2)))
                #expect((0...300).contains(x) && (0...64).contains(y))
            }
        }
    }

    @Test func everyTagIsClosedWhateverIsShown() throws {
        for fixture in [try fixture(), try StatusFixture(maps: ""), try StatusFixture()] {
            var open: [String] = []
            for match in fixture.page().matches(of: /<(\/?)([a-z0-9]+)(?:\s[^<>]*?)?(\/?)>/) {
                let name = String(match.2)
                if ["meta"].contains(name) || match.3 == "/" { continue }
                if match.1.isEmpty { open.append(name) } else { #expect(open.popLast() == name) }
            }
            #expect(open == [])
        }
    }

    @Test func withoutAVerifierNothingIsSaidOfIt() throws {
        let fixture = try fixture()
        #expect(fixture.json().contains(#""verification":null"#))
        #expect(!fixture.page().contains("Verified reviews"))
    }

    @Test func aVerifierThatDoesNotAnswerIsTold() throws {
        let status = try fixture().metrics.status(podName: "pod-1", verifier: VerifierReport(nil))
        let json = String(decoding: status.json.bytes, as: UTF8.self)
        let page = String(decoding: StatusPage(status).bytes, as: UTF8.self)
        #expect(json.contains(#""verifier_answers":false,"registries":[]"#))
        #expect(page.contains("does not answer"))
        #expect(!page.contains("left alone"))
    }

    @Test func aServiceWithoutAMapFileHasAPageToo() throws {
        let metrics = try ServiceMetrics()
        metrics.superviseHere()
        metrics.worker(0).begin(threads: 1)
        let page = String(decoding: StatusPage(metrics.status(podName: "p")).bytes, as: UTF8.self)
        #expect(page.contains("No map file: LEGACY mode."))
        #expect(page.contains("<h1>Healthy</h1>"))
    }

    @Test(arguments: [
        (0, "0 s"), (59, "59 s"), (60, "1 min"), (200, "3 min 20 s"), (3600, "1 h"), (12_000, "3 h 20 min"),
        (86_400 * 12, "12 d"), (-5, "0 s"),
    ])
    func agesHaveTwoUnits(seconds: Int64, shown: String) throws {
        let fixture = try StatusFixture()
        fixture.metrics.noteHealth(at: StatusFixture.start)
        let page = fixture.page(at: WallTime(nanoseconds: StatusFixture.start.nanoseconds + seconds * 1_000_000_000))
        #expect(page.contains("UTC</time>, \(shown);"))
    }
}
