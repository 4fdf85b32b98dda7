import Responder
import Testing

/// What is read of the verifier's metrics.
struct VerifierReportTests {
    static let metrics = """
        # HELP imageswap_verifier_questions_total Images that the verifier was asked for.
        # TYPE imageswap_verifier_questions_total counter
        imageswap_verifier_questions_total{registry="m.example.com:5000",outcome="present"} 8123456
        imageswap_verifier_questions_total{registry="m.example.com:5000",outcome="absent"} 3
        imageswap_verifier_questions_total{registry="m.example.com:5000",outcome="unknown"} 0
        imageswap_verifier_questions_total{registry="far.example.com",outcome="unknown"} 7
        imageswap_verifier_lookups_total{registry="m.example.com:5000"} 12
        imageswap_verifier_breaker_open{registry="m.example.com:5000"} 0
        imageswap_verifier_breaker_open{registry="far.example.com"} 1
        imageswap_verifier_cache_hits_total 44

        """

    private func report(_ text: String) -> VerifierReport { VerifierReport(Array(text.utf8)) }

    @Test func registriesThatAreLeftAloneComeFirst() throws {
        let report = report(Self.metrics)
        #expect(report.isAnswering)
        try #require(report.registries.map(\.name) == ["far.example.com", "m.example.com:5000"])
        let (far, near) = (report.registries[0], report.registries[1])
        #expect(far.isLeftAlone && far.unknown == 7 && far.questions == 7)
        #expect(!near.isLeftAlone && near.present == 8_123_456 && near.absent == 3 && near.unknown == 0)
    }

    @Test func ofManyThoseAreKeptThatAreAskedMost() {
        let lines = (0..<256).map {
            "imageswap_verifier_questions_total{registry=\"r\($0).example.com\",outcome=\"absent\"} \($0)\n"
        }
        let report = report(lines.joined())
        #expect(report.registries.count == VerifierReport.mostRegistries)
        #expect(report.registries.first?.name == "r255.example.com")
    }

    @Test func oneThatSaidNothingDoesNotAnswer() {
        #expect(!VerifierReport(nil).isAnswering)
        #expect(VerifierReport([]).isAnswering)
    }

    @Test(arguments: [
        "imageswap_verifier_breaker_open", "imageswap_verifier_breaker_open 1", "imageswap_verifier_breaker_open{} 1",
        "imageswap_verifier_breaker_open}registry=\"a\"{ 1", "imageswap_verifier_breaker_open{registry=a} 1",
        "imageswap_verifier_breaker_open{registry=\"a\"x} 1", "imageswap_verifier_breaker_open{registry=\"a\"} -1",
        "imageswap_verifier_breaker_open{registry=\"a\"} 18446744073709551616", "{registry=\"a\"} 1", "\u{0}", "}{",
    ])
    func linesThatAreNoneArePassedOver(line: String) {
        #expect(report(line + "\n" + Self.metrics).registries == report(Self.metrics).registries)
    }
}
