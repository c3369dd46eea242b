import Testing

@Suite struct `Strict exposition parser` {
    private static let head = "# HELP a_total A.\n# TYPE a_total counter\n"

    @Test func `what is right is read`() throws {
        let text = Self.head + "a_total{b=\"x\\\\\\\"\\n\\u{20AC}\",c=\"\"} 1.5e+16\na_total 2\n"
        let parsed = try ExpositionParser(Array(text.replacing("\\u{20AC}", with: "\u{20AC}").utf8))
        #expect(parsed.samples.count == 2)
        let labels = [
            ExposedSeries.Label(name: "b", value: "x\\\"\n\u{20AC}"),
            ExposedSeries.Label(name: "c", value: ""),
        ]
        #expect(parsed.samples[ExposedSeries(name: "a_total", labels: labels)] == 1.5e16)
        #expect(parsed.samples[ExposedSeries(name: "a_total", labels: [])] == 2)
    }

    @Test(arguments: [
        head + "a_total 1", head + "a_total 1\n\n", head + "a_total  1\n", head + "a_total 1 2\n",
        head + "a_total 0x1\n", head + "a_total inf\n", head + "a_total -1\n", head + "a_total NaN\n",
        head + "b_total 1\n", head + "a_total{} 1\n", head + "a_total{b=\"1\",} 1\n",
        head + "a_total{b=\"1\",b=\"2\"} 1\n", head + "a_total{b=\"\\t\"} 1\n", head + "a_total{b=\"1} 1\n",
        head + "a_total{b:c=\"1\"} 1\n", head + "a_total{1b=\"1\"} 1\n", head + "a_total 1\na_total 2\n",
        head + "a_total{b=\"1\",c=\"2\"} 1\na_total{c=\"2\",b=\"1\"} 1\n", head + head, "a_total 1\n",
        "# HELP a A.\n# TYPE a summary\na 1\n", "# TYPE a counter\na 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 1\na_sum 1\na_count 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 1\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"+Inf\"} 2\na_count 2\n",
        "# HELP a A.\n# TYPE a histogram\na_bucket{le=\"1\"} 3\na_bucket{le=\"+Inf\"} 2\na_sum 1\na_count 2\n",
        head + "a_total{b=\"\u{0}",
    ])
    func `what is wrong is refused`(text: String) {
        #expect(throws: ExpositionProblem.self) { try ExpositionParser(Array(text.utf8)) }
    }

    @Test func `bytes that are no UTF-8 are refused`() {
        let bytes = Array((Self.head + "a_total{b=\"").utf8) + [0xFF] + Array("\"} 1\n".utf8)
        #expect(throws: ExpositionProblem.self) { try ExpositionParser(bytes) }
    }
}
