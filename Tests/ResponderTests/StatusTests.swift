import Foundation
import ImageSwap
import Metrics
import Posix
import Responder
import Testing

/// What the status tells, whichever form it is given.
struct StatusTests {
    private func at(_ seconds: Int64) -> WallTime {
        WallTime(nanoseconds: StatusFixture.start.nanoseconds + seconds * 1_000_000_000)
    }

    @Test func rulesHaveTheirHitsAndThoseThatNeverActedAreNamed() throws {
        let fixture = try StatusFixture()
        try fixture.review(["nginx", "quay.io/a", "quay.io/b", "ghcr.io/c"])
        try fixture.review(slot: 1, ["redis"])
        let status = fixture.metrics.status(podName: "p")
        let rules = try #require(status.rules)
        #expect(rules.rules.map(\.line) == [1, 3, 4, 7])
        #expect(rules.rules.map(\.key.text) == ["default", "nowhere.example.com", "ghcr.io", "quay.io"])
        #expect(rules.rules.map(\.value.text) == ["m.example.com", "m.example.com/none", "", "m.example.com/quay2"])
        #expect(rules.rules.map(\.hits) == [2, 0, 1, 2])
        #expect(status.neverUsed.map(\.line) == [3])
        #expect(rules.ruleCount == 4)
        #expect(rules.pullSecrets == 1)
        #expect(rules.countedSince == UInt64(StatusFixture.start.nanoseconds / 1_000_000))
        #expect(fixture.page().contains("Never used since"))
        #expect(fixture.page().contains("line 3."))
    }

    @Test func faultsHaveTheirLinesTextAndWhyInvalidOnesFirst() throws {
        let rules = try #require(try StatusFixture().metrics.status(podName: "p").rules)
        #expect(rules.invalidLines == 1)
        #expect(rules.faultCount == 2)
        #expect(rules.faults.map(\.line) == [6, 7])
        #expect(rules.faults.map(\.isInvalid) == [true, false])
        #expect(rules.faults.map(\.text.text) == ["this line is none", "quay.io::m.example.com/quay2"])
        #expect(rules.faults[0].problem.text == "no '::' separates a key from a value; the line is skipped")
    }

    @Test func moreRulesAndFaultsThanThereIsRoomForAreCounted() throws {
        let lines = (1...1100).map { "r\($0).example.com::m.example.com/\($0)" } + (0..<40).map { _ in "nothing" }
        let fixture = try StatusFixture(maps: lines.joined(separator: "\n"))
        try fixture.review(["r1.example.com/a", "r1050.example.com/a"])
        let rules = try #require(fixture.metrics.status(podName: "p").rules)
        #expect(rules.rules.count == 1024)
        #expect(rules.ruleCount == 1100)
        #expect(rules.otherHits == 1)
        #expect(rules.faults.count == 32)
        #expect(rules.faultCount == 40)
        let page = fixture.page()
        #expect(page.contains("76 of <data value=\"1100\">1,100</data> rules are not shown."))
        #expect(page.contains("1 hits after line 1024"))
        #expect(page.contains("8 more are in the log."))
    }

    @Test func hitsAreToldOnlyWithTheRulesThatTheyAreOf() throws {
        let fixture = try StatusFixture()
        try fixture.review(["nginx"])
        // A supervisor has read another file, which no worker serves by yet.
        fixture.metrics.tellOfRules(try StatusFixture.load("default::other.example.com"))
        let rules = try #require(fixture.metrics.status(podName: "p").rules)
        #expect(rules.rules.isEmpty && rules.ruleCount == nil && rules.faults.isEmpty)
        #expect(fixture.page().contains("Another map file is being loaded"))
    }

    @Test func theSameFileReadOnceMoreIsCountedSinceTheFirstTime() throws {
        let fixture = try StatusFixture()
        fixture.metrics.tellOfRules(fixture.loaded, at: at(1000))
        let rules = try #require(fixture.metrics.status(podName: "p").rules)
        #expect(rules.countedSince == UInt64(StatusFixture.start.nanoseconds / 1_000_000))
    }

    @Test func aFileThatCannotServeIsToldOfUntilOneCan() throws {
        let fixture = try StatusFixture()
        fixture.metrics.tellOfFailure("the map file x cannot be used: <b>", at: at(5))
        fixture.metrics.worker(0).rulesFailed()
        var status = fixture.metrics.status(podName: "p")
        #expect(status.rules?.failure?.reason.text == "the map file x cannot be used: <b>")
        #expect(status.rules?.isLastLoadGood == false)
        #expect(status.problems == .rulesNotLoaded)
        #expect(fixture.page().contains("the map file x cannot be used: &lt;b&gt;"))
        fixture.metrics.tellOfRules(fixture.loaded)
        _ = fixture.rulesLoaded(0)
        status = fixture.metrics.status(podName: "p")
        #expect(status.rules?.failure == nil)
        #expect(status.problems == [])
    }

    @Test func theLastSwapsOfAllWorkersAreThereTheNewestFirst() throws {
        let fixture = try StatusFixture()
        for number in 0..<50 {
            try fixture.review(slot: number % 2, name: "pod-\(number)", ["nginx:\(number)", "quay.io/a"])
        }
        // It changes nothing, and is none.
        try fixture.review(name: "unchanged", ["ghcr.io/a"])
        let swaps = fixture.metrics.status(podName: "p").swaps
        #expect(swaps.count == 64)
        #expect(swaps.first?.name.text == "pod-49")
        #expect(swaps.first?.from.text == "quay.io/a")
        #expect(swaps.first?.to.text == "m.example.com/quay2/a")
        #expect(swaps.first?.line == 7)
        #expect(swaps.first?.decision == "map")
        #expect(swaps.dropFirst().first?.from.text == "nginx:49")
        #expect(swaps.last?.name.text == "pod-18")
        #expect(zip(swaps, swaps.dropFirst()).allSatisfy { $0.time >= $1.time })
        // Of a worker that ended they stay.
        fixture.metrics.ended(slot: 1)
        #expect(fixture.metrics.status(podName: "p").swaps == swaps)
    }

    @Test func aReviewOfManyImagesHasItsLastSwaps() throws {
        let fixture = try StatusFixture()
        try fixture.review((0..<500).map { "nginx:\($0)" })
        #expect(
            fixture.metrics.status(podName: "p").swaps.map(\.from.text) == (436..<500).reversed().map { "nginx:\($0)" })
    }

    @Test func swapsSayWhatTheyWere() throws {
        let fixture = try StatusFixture()
        let own = MapFile(Array("default::own.example.com".utf8).span)
        let rules = Rules(fixture.loaded.file.overlaid(by: own))
        try fixture.review(
            namespace: "team-a", name: "job", kind: "Job", dryRun: true, isTrial: true, ["nginx"], policy: .maps(rules))
        let swap = try #require(fixture.metrics.status(podName: "p").swaps.first)
        #expect(swap.isDryRun && swap.isTrial && swap.isOfNamespace)
        #expect(swap.kind.text == "Job" && swap.namespace.text == "team-a" && swap.line == 1)
        #expect(swap.to.text == "own.example.com/nginx")
        #expect(fixture.page().contains("namespace&#39;s line 1"))
    }

    @Test func longNamesAreCutAndSaySo() throws {
        let fixture = try StatusFixture()
        let tag = String(repeating: "t", count: 128)
        let path = String(repeating: "p", count: 200)
        try fixture.review(
            namespace: String(repeating: "a", count: 63), name: String(repeating: "n", count: 253), ["\(path):\(tag)"])
        let swap = try #require(fixture.metrics.status(podName: "p").swaps.first)
        #expect(!swap.namespace.isCut && swap.name.isCut && swap.from.isCut && swap.to.isCut)
        #expect(swap.from.text == String(path.prefix(192)))
        #expect(fixture.page().contains("p<span class=\"cut\" title=\"cut here\">…</span></code>"))
        #expect(fixture.json().contains("p…\""))
    }

    @Test func imagesAreCountedByRegistryAndTarget() throws {
        let fixture = try StatusFixture()
        try fixture.review(["nginx", "redis", "ghcr.io/a", "quay.io/a"])
        let registries = fixture.metrics.status(podName: "p").registries
        #expect(registries.map(\.name) == ["docker.io", "ghcr.io", "quay.io"])
        #expect(registries.map(\.images) == [2, 1, 1])
        #expect(registries[0].moved.map(\.name) == ["m.example.com"] && registries[0].moved.map(\.count) == [2])
        #expect(registries[1].moved.isEmpty)
    }

    @Test func namespacesWithRulesOfTheirOwnAreNamed() throws {
        let fixture = try StatusFixture()
        #expect(fixture.metrics.status(podName: "p").namespaces == nil)
        let states = (0..<300).map { NamespaceState(name: "team-\($0)", isFailing: $0 == 3) }
        fixture.metrics.setNamespaceRules(300, isFailing: true)
        fixture.metrics.tellOfNamespaces(states)
        let status = fixture.metrics.status(podName: "p")
        #expect(status.namespaces?.count == 300)
        #expect(status.namespaces?.states == Array(states.prefix(256)))
        #expect(status.problems == .namespaceRulesNotLoaded)
        #expect(fixture.page().contains("44 more"))
    }

    // MARK: health

    @Test func healthIsSinceTheLastChange() throws {
        let fixture = try StatusFixture()
        let metrics = fixture.metrics
        metrics.noteHealth(at: at(1))
        metrics.noteHealth(at: at(2))
        #expect(metrics.status(podName: "p", at: at(3)).since == at(1))
        #expect(fixture.page(at: at(3)).contains("<h1>Healthy</h1>"))

        metrics.ended(slot: 1)
        // Nobody has noted it yet.
        #expect(metrics.status(podName: "p", at: at(4)).since == at(4))
        metrics.noteHealth(at: at(5))
        let status = metrics.status(podName: "p", at: at(9))
        #expect(status.problems == .workersMissing)
        #expect(status.since == at(5))
        #expect(fixture.page(at: at(9)).contains("<h1>Degraded</h1>"))
        #expect(fixture.json(at: at(9)).contains(#""problems":["workers_missing"]"#))
    }

    struct CertificateCase: Sendable {
        let days: Int64
        var life: Int64 = 90
        var authority: Int64?
        let problems: ServiceMetrics.Problems
    }

    static let certificates = [
        CertificateCase(days: 60, problems: []),
        // Renewed when a third is left; a tenth left is nobody's plan.
        CertificateCase(days: 10, problems: []),
        CertificateCase(days: 8, problems: .certificateEndsSoon),
        CertificateCase(days: 0, problems: .certificateEnded),
        CertificateCase(days: -5, problems: .certificateEnded),
        CertificateCase(days: 20, life: 365, problems: []),
        CertificateCase(days: 13, life: 365, problems: .certificateEndsSoon),
        CertificateCase(days: 60, authority: 3000, problems: []),
        CertificateCase(days: 10, authority: 10, problems: .authorityEndsSoon),
        CertificateCase(days: 60, authority: -1, problems: .authorityEnded),
    ]

    @Test(arguments: certificates)
    func aCertificateIsToldOfBeforeItEnds(row: CertificateCase) throws {
        let fixture = try StatusFixture()
        let now = StatusFixture.start.nanoseconds / 1_000_000_000
        let end = now + row.days * 86_400
        fixture.metrics.tellOfCertificate(
            ServingCertificate(
                isWatched: true, life: .init(start: end - row.life * 86_400, end: end),
                authorityEnd: row.authority.map { now + $0 * 86_400 }))
        let status = fixture.metrics.status(podName: "p", at: StatusFixture.start)
        #expect(status.problems == row.problems)
        let json = fixture.json(at: StatusFixture.start)
        #expect(json.contains("\"days_left\":\(max(0, row.days)),"))
        if let authority = row.authority { #expect(json.contains("\"ca_days_left\":\(max(0, authority))}")) }
        if row.days > 0 { #expect(fixture.page(at: StatusFixture.start).contains("<dd>\(row.days) days</dd>")) }
    }

    /// RFC 5280, section 4.1.2.5: 99991231235959Z is "no well-defined expiration date".
    @Test func aCertificateWithoutAnEndHasDaysLeft() throws {
        let fixture = try StatusFixture()
        fixture.metrics.tellOfCertificate(
            ServingCertificate(isWatched: true, life: .init(start: 0, end: 253_402_300_799), authorityEnd: .max))
        let status = fixture.metrics.status(podName: "p", at: StatusFixture.start)
        #expect(status.problems == [])
        #expect(fixture.json(at: StatusFixture.start).contains("\"days_left\":2912"))
        #expect(fixture.page(at: StatusFixture.start).contains(" days</dd>"))
        let metrics = String(decoding: fixture.metrics.text, as: UTF8.self)
        #expect(metrics.contains("imageswap_tls_certificate_expiry_timestamp_seconds 253402300799\n"))
    }

    @Test func aCertificateThatCannotBeReadIsAProblemAndNoneIsNot() throws {
        let fixture = try StatusFixture()
        #expect(fixture.page().contains("not watched here"))
        fixture.metrics.tellOfCertificate(ServingCertificate(isWatched: true))
        #expect(fixture.metrics.status(podName: "p").problems == .certificateUnreadable)
    }
}
