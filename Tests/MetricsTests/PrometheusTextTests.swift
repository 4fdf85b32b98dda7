import Metrics
import Testing

struct PrometheusTextTests {
    private func text(_ write: (inout PrometheusText) -> Void) -> String {
        var text = PrometheusText()
        write(&text)
        return String(decoding: text.bytes, as: UTF8.self)
    }

    @Test func aMetricHasHelpTypeAndASampleALine() {
        let text = text {
            $0.add(
                .counter, "a_total", help: #"Counts "a" \ b."#,
                [.init([("l", "x"), ("m", "")], 1), .init([("l", "y"), ("m", "z")], .max)])
            $0.add(.gauge, "b", help: "Is\nb.", Number(15, decimals: 1))
        }
        #expect(
            text == #"""
                # HELP a_total Counts "a" \\ b.
                # TYPE a_total counter
                a_total{l="x",m=""} 1
                a_total{l="y",m="z"} 18446744073709551615
                # HELP b Is\nb.
                # TYPE b gauge
                b 1.5

                """#)
    }

    @Test func aMetricWithoutASampleIsLeftOut() {
        #expect(text { $0.add(.counter, "a_total", help: "h", []) }.isEmpty)
    }

    @Test(arguments: [
        ("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#), ("a\nb", #"a\nb"#), ("a\r\nb", "a\r\\nb"), ("é{},= #", "é{},= #"),
    ])
    func labelValuesAreEscaped(value: String, written: String) {
        #expect(text { $0.add(.gauge, "a", help: "h", [.init([("l", value)], 1)]) }.hasSuffix("{l=\"\(written)\"} 1\n"))
    }

    @Test(
        arguments: [
            (Number(0), "0"), (Number(.max), "18446744073709551615"), (Number(0, decimals: 9), "0"),
            (Number(50_000, decimals: 9), "0.00005"), (Number(1_000_000_000, decimals: 9), "1"),
            (Number(2_500_000_001, decimals: 9), "2.500000001"), (Number(120, decimals: 1), "12"),
            (Number(.max, decimals: 3), "18446744073709551.615"), (Number(7, decimals: 1), "0.7"),
        ] as [(Number, String)])
    func numbersAreExact(number: Number, text: String) {
        #expect(number.description == text)
    }
}
