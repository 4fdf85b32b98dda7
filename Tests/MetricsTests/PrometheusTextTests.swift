import Metrics
import Testing

struct PrometheusTextTests {
    @Test func aCounterHasHelpTypeAndASampleALabel() {
        var text = PrometheusText()
        text.counter("a_total", help: "Counts a.", label: "l", [("x", 1), ("y", .max)])
        #expect(
            String(decoding: text.bytes, as: UTF8.self) == """
                # HELP a_total Counts a.
                # TYPE a_total counter
                a_total{l="x"} 1
                a_total{l="y"} 18446744073709551615

                """)
    }

    @Test(arguments: [("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("é", "é")])
    func labelValuesAreEscaped(value: String, written: String) {
        var text = PrometheusText()
        text.counter("a_total", help: "h", label: "l", [(value, 1)])
        #expect(String(decoding: text.bytes, as: UTF8.self).contains(#"{l="\#(written)"} 1"#))
    }
}
