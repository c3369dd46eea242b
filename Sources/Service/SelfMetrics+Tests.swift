import MetricModel

extension SelfMetrics {
    /// What is said of tests that wait for their result, and of their history.
    func testFamilies() -> [PlainFamily] {
        let figures = intake.keeper.figures
        func one(_ name: String, _ kind: MetricFamily.Kind, _ help: String, _ value: Int) -> PlainFamily {
            PlainFamily(name: name, kind: kind, help: help, samples: [.init(value: Double(value))])
        }
        return [
            PlainFamily(
                name: "spanmeter_folds_open", kind: .gauge,
                help: "Test cases that wait for their result, and runs, workers and suites that are known.",
                samples: [
                    .init(labels: [("kind", "case")], value: Double(figures.openCaseCount)),
                    .init(labels: [("kind", "run")], value: Double(figures.runCount)),
                ]
            ),
            one(
                "spanmeter_folds_resolved_early_total", .counter,
                "Test cases that got their result early, because too many were open.",
                figures.resolvedEarlyCount),
            one(
                "spanmeter_folds_orphaned_total", .counter,
                "Test cases that got a result though their own span never came.", figures.orphanCount),
            one(
                "spanmeter_folds_revised_total", .counter,
                "Results of test cases that spans corrected after they were counted.", figures.revisedCount),
            PlainFamily(
                name: "spanmeter_ledger_rows", kind: .gauge, help: "Rows of the test ledger by table.",
                samples: [
                    ("tests", figures.testCount), ("runs", figures.ledgerRunCount),
                    ("patterns", figures.patternCount),
                ].map { .init(labels: [("table", $0)], value: Double($1)) }
            ),
            one(
                "spanmeter_tests_untracked_total", .counter,
                "Results of tests beyond limits.tests, which have no history.", figures.untrackedCount),
            one(
                "spanmeter_tests_window_cut", .gauge,
                "Results that were forgotten before their window was over, for want of memory.",
                figures.cutCount),
        ]
    }
}
