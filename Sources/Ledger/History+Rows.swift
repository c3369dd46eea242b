package import MetricModel
internal import Statistics

extension History {
    /// The figures of all subjects of a kind, for gauges; of tests those of the exposed ones.
    ///
    /// - Parameter figures: names out of `subject.figures`; nothing is shown for others.
    package func rows(per subject: LedgerSubject, figures: [String]) -> GaugeRows {
        switch subject {
        case .test: testRows(figures)
        case .suite: suiteRows(figures)
        case .branch: branchRows(figures)
        case .experiment: experimentRows(figures)
        case .arm: armRows(figures)
        case .skill: skillRows(figures)
        case .testedSkill: testedSkillRows(figures)
        case .inputPattern: inputRows(figures)
        // Runs in progress are not the ledger's.
        case .service: GaugeRows()
        }
    }

    private func testRows(_ figures: [String]) -> GaugeRows {
        let wanted = figures.map(Self.figure(ofTest:))
        var rows = GaugeRows()
        for number in exposedTests() {
            let suite = suites.suites[Int(tests.suites[number])]
            let service = services.services[Int(suite.service)].name
            rows.labels.append([service, suite.environment, suite.name ?? "", tests.names[number] ?? ""])
            let known = tests.figures[number]
            rows.values.append(wanted.map { $0?(known) })
        }
        return rows
    }

    private static func figure(ofTest name: String) -> ((TestFigures) -> Double?)? {
        let plain: [String: (TestFigures) -> Double?] = [
            "stability": { present($0.flakiness).map { 1 - $0 } },
            "flip_rate": { present($0.flipRate) },
            "entropy": { present($0.entropy) },
            "flakiness": { present($0.flakiness) },
            "consecutive_failures": { $0.state == nil ? nil : Double($0.streak) },
            "last_seen": { $0.lastSeen == 0 ? nil : Double($0.lastSeen) / 1_000 },
            "duration_p50": { median($0) },
            "is_healthy": { $0.state.map { $0 == .healthy ? 1 : 0 } },
            "is_flaky": { $0.state.map { $0 == .flaky ? 1 : 0 } },
            "is_broken": { $0.state.map { $0 == .broken ? 1 : 0 } },
            "is_new": { $0.state.map { $0 == .new ? 1 : 0 } },
        ]
        if let figure = plain[name] { return figure }
        guard let (name, window) = windowed(name) else { return nil }
        switch name {
        case "pass_ratio": return { $0.own.passRatio(window) }
        case "pass_ratio_low": return { $0.own.bounds(window)?.low }
        case "pass_ratio_high": return { $0.own.bounds(window)?.high }
        default: return nil
        }
    }

    static func median(_ figures: TestFigures) -> Double? {
        figures.medianCode < 0 ? nil : ResultWord.seconds(ofCode: UInt16(figures.medianCode))
    }

    static func present(_ value: Double) -> Double? { value.isNaN ? nil : value }

    /// `pass_ratio_7d` is the pass ratio of the second window.
    private static func windowed(_ name: String) -> (name: String, window: Int)? {
        for (index, window) in WindowSums.names.enumerated() where name.hasSuffix("_" + window) {
            return (String(name.dropLast(window.count + 1)), index)
        }
        return nil
    }

    private func suiteRows(_ figures: [String]) -> GaugeRows {
        var rows = GaugeRows()
        let wanted = figures.map(Self.figure(ofSuite:))
        for suite in suites.suites where !suite.members.isEmpty {
            let service = services.services[Int(suite.service)].name
            rows.labels.append([service, suite.environment, suite.name ?? ""])
            rows.values.append(wanted.map { $0?(suite) })
        }
        return rows
    }

    private static func figure(ofSuite name: String) -> ((Suite) -> Double?)? {
        if name == "missing" { return { Double($0.missingCount) } }
        if let state = TestState.allCases.first(where: { "\($0)" == name }) {
            return { Double($0.stateCounts[Int(state.rawValue)]) }
        }
        guard let (name, window) = windowed(name), name == "pass_ratio" else { return nil }
        return { $0.sums.passRatio(window) }
    }

    // MARK: The last run of a branch

    private struct Branch: Hashable {
        let service: ExactText
        let environment: ExactText
        let label: String
    }

    private func branchRows(_ figures: [String]) -> GaugeRows {
        var order: [Branch] = []
        var last: [Branch: Int] = [:]
        for slot in runs.facts.indices where runs.facts[slot].root == slot && runs.facts[slot].hasEnded {
            guard let record = runs.records[slot] else { continue }
            let branch = Branch(
                service: ExactText(record.service), environment: ExactText(record.environment),
                label: runs.label(ofBranch: record.branch))
            if let known = last[branch] {
                if runs.isBefore(known, slot) { last[branch] = slot }
            } else {
                order.append(branch)
                last[branch] = slot
            }
        }
        var rows = GaugeRows()
        for branch in order {
            guard let slot = last[branch], let record = runs.records[slot] else { continue }
            rows.labels.append([branch.service.text, branch.environment.text, branch.label])
            rows.values.append(figures.map { Self.figure($0, of: record, runs.totals[slot]) })
        }
        return rows
    }

    private static func figure(_ name: String, of run: RunRecord, _ counts: CaseCounts) -> Double? {
        switch name {
        case "ended": Double(run.end) / 1_000
        case "duration": Double(run.end - run.start) / 1_000
        case "pass_ratio": counts.passRatio
        case "passed": Double(counts.passed)
        case "failed": Double(counts.failed)
        case "error": Double(counts.error)
        case "skipped": Double(counts.skipped)
        case "flaky": Double(counts.flaky)
        default: nil
        }
    }
}
