internal import MetricModel
internal import Statistics

extension History {
    private static let lastResultCount = 10

    /// What is to be told of the tests that `filter` takes: the urgent ones first, then by service, suite and id.
    package func report(_ filter: TestFilter = TestFilter()) -> [TestReport] {
        var commonest: [Int32: (pattern: Int32, count: Int32)] = [:]
        for (key, count) in patternsOfTests {
            let (test, pattern) = (Int32(key >> 32), Int32(truncatingIfNeeded: key))
            let known = commonest[test] ?? (pattern, 0)
            if (count, known.pattern) > (known.count, pattern) { commonest[test] = (pattern, count) }
        }
        let reports = (0..<tests.endNumber).compactMap { number -> TestReport? in
            guard let name = tests.names[number] else { return nil }
            let suite = suites.suites[Int(tests.suites[number])]
            let service = services.services[Int(suite.service)].name
            guard filter.takes(service: service, suite: suite.name) else { return nil }
            let (state, isMissing) = (state(of: number), tests.figures[number].isMissing)
            let isWanted =
                filter.states.isEmpty || filter.states.contains(state)
                || isMissing && filter.states.contains(.missing)
            guard isWanted else { return nil }
            let pattern = commonest[Int32(number)].flatMap { patterns.entries[Int($0.pattern)]?.text }
            return report(number, name, suite, service: service, state, pattern: pattern)
        }
        // Once for each, and not for each comparison.
        let ranked = reports.map { ($0, Self.rank($0)) }
        return ranked.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }

    private func report(
        _ number: Int, _ name: String, _ suite: Suite, service: String, _ state: TestReport.State,
        pattern: String?
    ) -> TestReport {
        let figures = tests.figures[number]
        let (passCount, resultCount) = figures.own.passes(1)
        return TestReport(
            service: service, environment: suite.environment, suite: suite.name, test: name,
            file: tests.file(of: number), state: state, isMissing: figures.isMissing,
            lastResults: lastResults(of: number), passCount: passCount, resultCount: resultCount,
            bounds: figures.own.bounds(1).map { PassBounds(low: $0.low, high: $0.high) },
            flipRate: Self.present(figures.flipRate), flakiness: Self.present(figures.flakiness),
            streak: streak(of: number), lastSeen: figures.lastSeen, median: Self.median(figures),
            pattern: pattern)
    }

    private func state(of number: Int) -> TestReport.State {
        switch tests.figures[number].state {
        case .healthy: .healthy
        case .flaky: .flaky
        case .broken: .broken
        case .new: .new
        case nil: .skipped
        }
    }

    private static func rank(_ report: TestReport) -> [String] {
        let state =
            report.isMissing && report.state != .broken && report.state != .flaky ? .missing : report.state
        let place = TestReport.State.allCases.firstIndex(of: state) ?? 0
        return ["\(place)", report.service, report.suite ?? "", report.test, report.environment]
    }

    /// Of runs that count for states, skipped ones among them.
    private func lastResults(of number: Int) -> [CaseOutcome] {
        var outcomes: [CaseOutcome] = []
        for word in tests.results[number].reversed() where outcomes.count < Self.lastResultCount {
            let facts = runs.facts[word.run]
            guard word.isInHistory, facts.isInUse, facts.isTracked, !facts.isInfrastructureFailure else {
                continue
            }
            outcomes.append(word.outcome)
        }
        return outcomes.reversed()
    }

    private func streak(of number: Int) -> TestReport.Streak? {
        let figures = tests.figures[number]
        guard figures.streak > 0, figures.streakRun >= 0 else { return nil }
        let run = Int(figures.streakRun)
        var streak = TestReport.Streak(
            count: Int(figures.streak), revision: runs.revisions[runs.facts[run].revision],
            start: runs.facts[run].start)
        // The streak may have begun before what is remembered.
        let isWhole = !hasResultBefore(run, of: number)
        if isWhole, let begin = tests.streaks[Int32(number)], begin.start < streak.start {
            streak.revision = begin.revision
            streak.start = begin.start
        }
        return streak
    }

    /// Whether a result that counts is known from before a run.
    private func hasResultBefore(_ run: Int, of number: Int) -> Bool {
        tests.results[number].contains { word in
            let facts = runs.facts[word.run]
            return word.isInHistory && facts.isInUse && facts.isTracked && !facts.isInfrastructureFailure
                && word.outcome != .skipped && runs.isBefore(word.run, run)
        }
    }
}
