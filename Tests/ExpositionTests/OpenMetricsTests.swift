import Exposition
import MetricModel
import Testing

@Suite struct `Pages of OpenMetrics` {
    static let own = [
        PlainFamily(
            name: "own_build_info", kind: .gauge, help: "The \"version\".",
            samples: [.init(labels: [("version", "1")], value: 1)]),
        PlainFamily(
            name: "own_request_seconds", kind: .histogram, help: "Time.",
            samples: [
                .init(labels: [("protocol", "grpc")], bounds: [0.5, 2], counts: [1, 0, 2], sum: 7.25)
            ],
            created: 1_700_000_000_050),
        PlainFamily(name: "own_requests_total", kind: .counter, help: "None yet.", samples: []),
        PlainFamily(
            name: "own_spans_total", kind: .counter, help: "Spans.", samples: [.init(value: 3)],
            created: 1_700_000_000_050),
        PlainFamily(
            name: "own_start_time_seconds", kind: .gauge, help: "Start.", samples: [.init(value: 1.7e9)],
            created: 1_700_000_000_050),
    ]

    @Test func `look as recorded`() throws {
        let page = try `Pages of the text format`.page()
        try Golden.check(page.openMetrics(own: Self.own), "openmetrics.txt")
    }

    @Test func `look as recorded with lines that say when series began`() throws {
        let page = try `Pages of the text format`.page()
        try Golden.check(page.openMetrics(createdLines: true, own: Self.own), "openmetrics-created.txt")
    }

    @Test func `have the samples of the text format, but for the form of bounds`() throws {
        let page = try `Pages of the text format`.page()
        let text = String(decoding: page.rendered(), as: UTF8.self)
        let expected = text.replacing("le=\"1\"", with: "le=\"1.0\"").replacing(
            "le=\"10\"", with: "le=\"10.0\""
        )
        .split(separator: "\n").filter { !$0.hasPrefix("#") }
        let samples = page.openMetrics().split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(samples == expected)
    }

    /// The examples of the specification, and what strconv.FormatFloat(value, 'g', -1, 64) adds to them.
    @Test(
        arguments: [
            (0, "0.0"), (0.001, "0.001"), (0.01, "0.01"), (0.1, "0.1"), (0.9, "0.9"), (0.95, "0.95"),
            (0.999, "0.999"), (1, "1.0"), (1.7, "1.7"), (10, "10.0"), (1e-10, "1e-10"), (1e-9, "1e-09"),
            (1e-5, "1e-05"), (0.0001, "0.0001"), (100_000, "100000.0"), (999_999.5, "999999.5"),
            (1e6, "1e+06"), (1e10, "1e+10"), (1_234_567, "1.234567e+06"), (2_097_152, "2.097152e+06"),
            (12_345_678.25, "1.234567825e+07"), (1e16, "1e+16"), (1.5e20, "1.5e+20"), (1e100, "1e+100"),
            (-1, "-1.0"), (-2.5e6, "-2.5e+06"), (.infinity, "+Inf"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
        ] as [(Double, String)])
    func `write bounds in the one form that all writers use`(bound: Double, text: String) {
        #expect(OpenMetrics.canonical(bound) == text)
        #expect(Double(text.replacing("Inf", with: "infinity")) == bound)
    }

    @Test(arguments: [
        ("x_total", MetricFamily.Kind.counter, false, "x counter"),
        ("x_seconds_total", .counter, false, "x_seconds counter seconds"),
        ("x_count", .counter, false, "x_count unknown"), ("_total", .counter, false, "_total unknown"),
        ("x_bytes", .counter, false, "x_bytes unknown bytes"),
        ("x_info", .gauge, true, "x info"), ("x_seconds_info", .gauge, true, "x_seconds info"),
        ("x_info", .gauge, false, "x_info gauge"), ("x", .gauge, true, "x gauge"),
        ("x_cost_usd", .histogram, false, "x_cost_usd histogram usd"),
        ("seconds", .histogram, false, "seconds histogram"), ("x_total", .gauge, false, "x_total gauge"),
    ])
    func `name a family without the suffix of its samples`(
        name: String, kind: MetricFamily.Kind, isInfo: Bool, expected: String
    ) {
        let family = OpenMetricsFamily(fullName: name, kind: kind, isInfo: isInfo)
        let words = [family.name, family.type.rawValue, family.unit].compactMap { $0 }
        #expect(words.joined(separator: " ") == expected)
    }

    @Test func `leave a counter its whole name where the short one belongs to another family`() throws {
        let buckets = try BucketLayout(bounds: [1])
        let kinds: [(String, InstrumentKind)] = [
            ("jobs", .histogram(buckets)), ("jobs_total", .counter), ("tasks_created", .info),
            ("tasks_total", .counter), ("target", .histogram(buckets)), ("target_info", .info),
            ("free_total", .counter),
        ]
        var page = try Page(
            labels: ["a"],
            instruments: kinds.map { Instrument(metric: try MetricName($0.0), kind: $0.1) })
        page.add("x", amounts: kinds.map { _ in 1 }, cells: [1, 0], created: 1_000)
        let lines = page.openMetrics(createdLines: true).split(separator: "\n").map(String.init)
        #expect(
            lines.filter { $0.hasPrefix("# TYPE") } == [
                "# TYPE free counter", "# TYPE jobs histogram", "# TYPE jobs_total unknown",
                "# TYPE target histogram", "# TYPE target_info gauge", "# TYPE tasks_created gauge",
                "# TYPE tasks_total unknown",
            ])
        #expect(
            lines.filter { $0.contains("_created{") } == [
                "free_created{a=\"x\"} 1.000", "jobs_created{a=\"x\"} 1.000",
                "target_created{a=\"x\"} 1.000", "tasks_created{a=\"x\"} 1",
            ])
    }

    @Test func `end with the line that says so, even if they are empty`() throws {
        #expect(try Page(labels: [], instruments: []).openMetrics() == "# EOF\n")
    }
}
