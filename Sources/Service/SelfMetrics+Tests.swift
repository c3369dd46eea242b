import MetricModel

extension SelfMetrics {
    /// What is said of tests that wait for their result, and of their history.
    func testFamilies() -> [PlainFamily] {
        let figures = intake.keeper.figures
        func one(_ metric: OwnMetric, _ value: Int) -> PlainFamily {
            PlainFamily(metric, [.init(value: Double(value))])
        }
        return [
            PlainFamily(
                .foldsOpen,
                [
                    .init(labels: [("kind", "case")], value: Double(figures.openCaseCount)),
                    .init(labels: [("kind", "run")], value: Double(figures.runCount)),
                ]
            ),
            one(.foldsResolvedEarlyTotal, figures.resolvedEarlyCount),
            one(.foldsOrphanedTotal, figures.orphanCount),
            one(.foldsRevisedTotal, figures.revisedCount),
            PlainFamily(
                .ledgerRows,
                [
                    ("tests", figures.testCount), ("runs", figures.ledgerRunCount),
                    ("patterns", figures.patternCount), ("experiments", figures.experimentCount),
                    ("skills", figures.skillCount),
                ].map { .init(labels: [("table", $0)], value: Double($1)) }
            ),
            one(.testsUntrackedTotal, figures.untrackedCount),
            one(.trialsUntrackedTotal, figures.untriedCount),
            one(.testsWindowCut, figures.cutCount),
        ]
    }
}
