package import MetricModel
internal import Statistics

/// What is told of an experiment or a skill to people.
package struct TrialReport: Sendable {
    package let service: String
    package let environment: String
    package let name: String
    package let figures: TrialFigures
    /// How often a skill came in another edition, and when last, in milliseconds since 1970; 0 for never.
    package let changeCount: Int
    package let lastChange: Int64
    /// What a repository says of the skill, newest first.
    package var edits: [SkillEditReport] = []

    /// The edition whose cases ran with a file, if it is one of the two that are known.
    package func version(of edit: SkillEdit) -> TrialFigures.Version? {
        figures.versions.first { edit.isEdition($0.name) }
    }
}

extension History {
    /// Works out those experiments and skills anew that something changed for.
    ///
    /// - Complexity: O(cases of theirs).
    mutating func refreshTrials() {
        let dirty = trials.takeDirty()
        for number in dirty {
            guard let record = trials.records[Int(number)] else { continue }
            trials.figures[Int(number)] = TrialFigures(
                record, trials.cases[Int(number)],
                shares: record.key.kind == .experiment ? options.shares[record.key.name.text] : nil)
        }
        if !dirty.isEmpty { generation += 1 }
    }

    /// The experiments, what happened last first.
    package func experimentReports() -> [TrialReport] { trialReports(.experiment) }

    /// The skills, what changed last first.
    package func skillReports() -> [TrialReport] {
        let changes = edits.lastChanges
        let owned = trialReports(.skill).map { report in
            TrialReport(
                service: report.service, environment: report.environment, name: report.name,
                figures: report.figures, changeCount: report.changeCount,
                lastChange: max(report.lastChange, changes[report.name] ?? 0),
                edits: editReports(of: report.name))
        }
        let others = unownedSkills.map { skill in
            let reports = editReports(of: skill)
            let key = TrialKey(
                kind: .skill, service: ExactText(options.skillOwner.service),
                environment: ExactText(options.skillOwner.environment), name: ExactText(skill))
            return TrialReport(
                service: options.skillOwner.service, environment: options.skillOwner.environment,
                name: skill, figures: TrialFigures(TrialRecord(key), []),
                changeCount: reports.count { $0.isCounted }, lastChange: changes[skill] ?? 0, edits: reports)
        }
        return (owned + others).sorted { left, right in
            left.lastChange != right.lastChange
                ? left.lastChange > right.lastChange
                : [left.service, left.name, left.environment].lexicographicallyPrecedes([
                    right.service, right.name, right.environment,
                ])
        }
    }

    private func trialReports(_ kind: TrialKind) -> [TrialReport] {
        let found = trials.records.indices.filter {
            trials.records[$0]?.key.kind == kind && trials.figures[$0] != nil
        }
        let reports = found.compactMap { number -> (time: Int64, report: TrialReport)? in
            guard let record = trials.records[number], let figures = trials.figures[number] else {
                return nil
            }
            let report = TrialReport(
                service: record.key.service.text, environment: record.key.environment.text,
                name: record.key.name.text, figures: figures, changeCount: record.changeCount,
                lastChange: record.lastChange)
            return (kind == .skill ? record.lastChange : record.last, report)
        }
        return reports.sorted { left, right in
            left.time != right.time
                ? left.time > right.time
                : [left.report.service, left.report.name, left.report.environment]
                    .lexicographicallyPrecedes([
                        right.report.service, right.report.name, right.report.environment,
                    ])
        }.map(\.report)
    }

    // MARK: Gauges

    func experimentRows(_ figures: [String]) -> GaugeRows {
        rows(of: .experiment) { _, trial, rows, labels in
            rows.labels.append(labels)
            rows.values.append(figures.map { Self.figure(ofExperiment: $0, trial) })
        }
    }

    func armRows(_ figures: [String]) -> GaugeRows {
        rows(of: .experiment) { _, trial, rows, labels in
            for version in trial.versions {
                rows.labels.append(labels + [version.name])
                rows.values.append(
                    figures.map { name in
                        if name == "is_winner" { return trial.verdict.winner == version.name ? 1 : 0 }
                        return Self.figure(ofVersion: name, version)
                            ?? version.comparison.flatMap { Self.figure(ofComparison: name, $0) }
                    })
            }
        }
    }

    func skillRows(_ figures: [String]) -> GaugeRows {
        let changes = edits.lastChanges
        var rows = rows(of: .skill) { record, trial, rows, labels in
            let lastChange = max(record.lastChange, changes[record.key.name.text] ?? 0)
            rows.labels.append(labels)
            rows.values.append(figures.map { Self.figure(ofSkill: $0, lastChange, trial) })
        }
        for skill in unownedSkills {
            guard let time = changes[skill] else { continue }
            rows.labels.append([options.skillOwner.service, options.skillOwner.environment, skill])
            rows.values.append(figures.map { $0 == "last_change" ? Self.seconds(time) : nil })
        }
        return rows
    }

    private func rows(
        of kind: TrialKind, _ add: (TrialRecord, TrialFigures, inout GaugeRows, [String]) -> Void
    ) -> GaugeRows {
        var rows = GaugeRows()
        for (number, record) in trials.records.enumerated() {
            guard let record, record.key.kind == kind, let figures = trials.figures[number] else { continue }
            let key = record.key
            add(record, figures, &rows, [key.service.text, key.environment.text, key.name.text])
        }
        return rows
    }

    private static func figure(ofExperiment name: String, _ trial: TrialFigures) -> Double? {
        switch name {
        case "srm_p_value": return trial.sampleRatio
        case "started": return seconds(trial.versions.map(\.first).min())
        case "last_seen": return seconds(trial.versions.map(\.last).max())
        default:
            guard let state = ExperimentState(rawValue: String(name.dropFirst("is_".count))) else {
                return nil
            }
            return trial.verdict.state == state ? 1 : 0
        }
    }

    private static func figure(ofVersion name: String, _ version: TrialFigures.Version) -> Double? {
        let count = version.count
        switch name {
        case "cases": return Double(count.total)
        case "pass_ratio": return count.total > 0 ? count.ratio : nil
        case "pass_ratio_low": return Wilson.interval(count.passed, of: count.total)?.low
        case "pass_ratio_high": return Wilson.interval(count.passed, of: count.total)?.high
        case "cost_per_case": return version.costPerCase
        case "tokens_per_case": return version.tokensPerCase
        case "latency_p95": return version.latencyP95
        default: return nil
        }
    }

    private static func figure(ofComparison name: String, _ arms: ArmComparison) -> Double? {
        switch name {
        case "lift": arms.difference
        case "lift_low": arms.interval().low
        case "lift_high": arms.interval().high
        case "p_two_proportion": arms.proportions.pValue
        case "p_fisher": FisherTest.pValue(arms.proportions.first, arms.proportions.second)
        case "p_mcnemar": arms.pairCount > 0 ? arms.mcNemar.exactPValue : nil
        case "p_sequential": arms.pValue()
        case "power": arms.power
        case "mde": arms.smallestDifference
        default: nil
        }
    }

    private static func figure(ofSkill name: String, _ lastChange: Int64, _ trial: TrialFigures) -> Double? {
        let comparison = trial.versions.last?.comparison
        switch name {
        case "last_change": return lastChange > 0 ? seconds(lastChange) : nil
        case "impact": return comparison?.difference
        case "impact_low": return comparison?.interval().low
        case "impact_high": return comparison?.interval().high
        case "impact_p_value": return comparison?.pValue()
        default:
            for (place, suffix) in ["_previous", "_current"].enumerated() where name.hasSuffix(suffix) {
                // Without a change there is no edition before.
                let index = trial.versions.count - 2 + place
                guard trial.versions.indices.contains(index) else { return nil }
                return figure(ofVersion: String(name.dropLast(suffix.count)), trial.versions[index])
            }
            return nil
        }
    }

    private static func seconds(_ milliseconds: Int64?) -> Double? { milliseconds.map { Double($0) / 1_000 } }
}
