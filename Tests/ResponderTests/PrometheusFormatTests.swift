import Testing

struct PrometheusFormatTests {
    static let head = "# HELP a_total h\n# TYPE a_total counter\n"

    @Test(arguments: [
        head, head + "a_total 1\n", head + "a_total{l=\"x\\\"}\\\\\"} 1\na_total{l=\"y\",m=\"\"} 1.5\n",
    ])
    func takesWhatIsRight(text: String) {
        #expect(throws: Never.self) { _ = try PrometheusFormat(text) }
    }

    @Test(arguments: [
        "", head + "a_total 1", head + "\na_total 1\n", head + "a_total 1\na_total 1\n", head + "b_total 1\n",
        head + "a_total{} 1\n", head + "a_total{l=x} 1\n", head + "a_total{l=\"x\"m=\"y\"} 1\n",
        head + "a_total{l=\"\\x\"} 1\n", head + "a_total  1\n", head + "a_total one\n", head + head,
        head + "a_total{l=\"x\",l=\"y\"} 1\n", "# TYPE a counter\na 1\n", "# HELP a h\n",
        "# HELP a \\x\n# TYPE a gauge\n",
        "# HELP a h\n# TYPE a counter\na 1\n",
        "# HELP a h\n# TYPE a histogram\na_bucket{le=\"1\"} 2\na_bucket{le=\"+Inf\"} 1\n",
        "# HELP a h\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 1\na_sum 1\na_count 2\n",
    ])
    func refusesWhatIsNot(text: String) {
        #expect(throws: PrometheusFormat.Fault.self) { _ = try PrometheusFormat(text) }
    }
}
