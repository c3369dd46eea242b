import MetricModel

extension SelfMetrics {
    /// What is said of looks into the repository of skills, and of who asks for them.
    func skillFamilies() -> [PlainFamily] {
        let looks = skills?.watch.counts ?? (ok: 0, failed: 0)
        let deliveries = skills?.deliveryCounts ?? SkillDoor.results.map { ($0, 0) }
        return [
            PlainFamily(
                .skillLooksTotal,
                [("ok", looks.ok), ("failed", looks.failed)].map {
                    .init(labels: [("result", $0)], value: Double($1))
                }),
            PlainFamily(
                .webhookDeliveriesTotal,
                deliveries.map { .init(labels: [("result", $0)], value: Double($1)) }),
        ]
    }

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
                    ("skills", figures.skillCount), ("skill_edits", figures.editCount),
                    ("input_patterns", figures.inputPatternCount),
                ].map { .init(labels: [("table", $0)], value: Double($1)) }
            ),
            one(.testsUntrackedTotal, figures.untrackedCount),
            one(.trialsUntrackedTotal, figures.untriedCount),
            one(.testsWindowCut, figures.cutCount),
        ]
    }
}
