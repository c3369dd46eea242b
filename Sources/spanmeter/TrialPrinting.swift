import Ledger
import MetricModel
import Statistics

/// Experiments and skills as lines for people.
enum TrialPrinting {
    static func list(experiments: [TrialReport]) -> String {
        if experiments.isEmpty { return "no experiments\n" }
        let head = [
            "STATE", "SERVICE", "ENVIRONMENT", "EXPERIMENT", "ARMS", "RESULTS", "LAST RESULT", "REASON",
        ]
        return PlainTable.text(
            [head]
                + experiments.map { report in
                    let versions = report.figures.versions
                    return [
                        report.figures.verdict.state.rawValue, report.service, report.environment,
                        report.name,
                        "\(versions.count)", "\(versions.reduce(0) { $0 + $1.count.total })",
                        PlainTable.time(versions.map(\.last).max() ?? 0), report.figures.verdict.reason,
                    ]
                })
    }

    static func text(experiment report: TrialReport) -> String {
        let figures = report.figures
        let winner = figures.verdict.winner.map { " \($0)" } ?? ""
        var text = "\(report.name) of \(report.service), \(report.environment)\n"
        text += "\(figures.verdict.state.rawValue)\(winner): \(figures.verdict.reason)\n"
        if let p = figures.sampleRatio { text += "shares as meant: p \(p1000(p))\n" }
        text += "\n" + versions(figures.versions, "ARM")
        let compared = figures.versions.filter { $0.comparison != nil }
        if !compared.isEmpty { text += "\n" + comparisons(compared, "ARM") + "\n" + needs(figures.versions) }
        return text
    }

    static func list(skills: [TrialReport]) -> String {
        if skills.isEmpty { return "no skills\n" }
        let head = [
            "SKILL", "SERVICE", "ENVIRONMENT", "CHANGES", "CHANGED", "BEFORE", "SINCE", "GAIN",
            "AT EVERY LOOK",
            "P",
        ]
        return PlainTable.text(
            [head]
                + skills.map { report in
                    let versions = report.figures.versions
                    let comparison = versions.last?.comparison
                    let before = versions.count > 1 ? versions.first : nil
                    return [
                        report.name, report.service, report.environment, "\(report.changeCount)",
                        PlainTable.time(report.lastChange), before.map { passed($0.count) } ?? "-",
                        versions.last.map { passed($0.count) } ?? "-",
                        comparison.map { points($0.difference) } ?? "-",
                        comparison.map { interval($0.interval()) } ?? "-",
                        comparison.map { p1000($0.pValue()) } ?? "-",
                    ]
                })
    }

    static func text(skill report: TrialReport) -> String {
        var text = "\(report.name) of \(report.service), \(report.environment)\n"
        text += "changes: \(report.changeCount), the last one \(PlainTable.time(report.lastChange))\n"
        if !report.figures.versions.isEmpty { text += "\n" + versions(report.figures.versions, "EDITION") }
        let compared = report.figures.versions.filter { $0.comparison != nil }
        if !compared.isEmpty { text += "\n" + comparisons(compared, "EDITION") }
        if !report.edits.isEmpty { text += "\n" + edits(report) }
        return text
    }

    // MARK: Parts

    /// What the repository says, newest first, each change with what was changed.
    private static func edits(_ report: TrialReport) -> String {
        let head = ["COMMITTED", "CHANGE", "COMMIT", "BLOB", "PASSED", "PATH"]
        var text = PlainTable.text(
            [head]
                + report.edits.map { item in
                    let edit = item.edit
                    return [
                        PlainTable.time(edit.time), "\(edit.kind)", String(edit.commit.prefix(12)),
                        edit.blob.map { String($0.prefix(12)) } ?? "-",
                        report.version(of: edit).map { passed($0.count) } ?? "-", line(edit.path),
                    ]
                })
        for item in report.edits where !item.edit.diff.isEmpty {
            text += "\n\(PlainTable.time(item.edit.time)) \(item.edit.commit.prefix(12))\n"
            text += lines(item.edit.diff)
            if item.edit.isDiffCut { text += "(the diff goes on)\n" }
        }
        return text
    }

    /// A path as one line, whatever is in it.
    private static func line(_ text: String) -> String {
        String(text.map { $0.isNewline ? " " : $0 }).filter { !isControl($0) }
    }

    /// A text for a terminal: nothing in it moves the cursor.
    private static func lines(_ text: String) -> String {
        let plain = text.filter { $0.isNewline || $0 == "\t" || !isControl($0) }
        return plain.hasSuffix("\n") ? plain : plain + "\n"
    }

    private static func isControl(_ character: Character) -> Bool {
        character.unicodeScalars.contains { $0.properties.generalCategory == .control }
    }

    private static func versions(_ versions: [TrialFigures.Version], _ word: String) -> String {
        let head = [word, "PASSED", "RATIO", "95 %", "COST", "TOKENS", "P95", "FIRST", "LAST"]
        return PlainTable.text(
            [head]
                + versions.map { version in
                    let bounds = Wilson.interval(version.count.passed, of: version.count.total)
                    return [
                        version.name, "\(version.count.passed)/\(version.count.total)",
                        version.count.total > 0 ? points(version.count.ratio) : "-",
                        bounds.map(interval) ?? "-",
                        version.costPerCase.map { PlainTable.number($0, 4) + " USD" } ?? "-",
                        version.tokensPerCase.map { PlainTable.number($0, 0) } ?? "-",
                        version.latencyP95.map(PlainTable.seconds) ?? "-", PlainTable.time(version.first),
                        PlainTable.time(version.last),
                    ]
                })
    }

    private static func comparisons(_ versions: [TrialFigures.Version], _ word: String) -> String {
        let head = [
            word, "GAIN", "AT EVERY LOOK", "AT ONE LOOK", "P SEQUENTIAL", "P TWO PROPORTIONS", "P FISHER",
            "P MCNEMAR", "PAIRS", "POWER", "SMALLEST",
        ]
        return PlainTable.text(
            [head]
                + versions.map { version in
                    guard let arms = version.comparison else { return head.map { _ in "-" } }
                    let counts = arms.proportions
                    return [
                        version.name, points(arms.difference), interval(arms.interval()),
                        interval(counts.interval), p1000(arms.pValue()), p1000(counts.pValue),
                        p1000(FisherTest.pValue(counts.first, counts.second)),
                        arms.pairCount > 0 ? p1000(arms.mcNemar.exactPValue) : "-", "\(arms.pairCount)",
                        PlainTable.percent(arms.power), arms.smallestDifference.map(points) ?? "-",
                    ]
                })
    }

    /// How many results an arm needs to see what matters.
    private static func needs(_ versions: [TrialFigures.Version]) -> String {
        guard let first = versions.first, first.count.total > 0 else { return "" }
        let (ratio, margin) = (first.count.ratio, ExperimentVerdict.margin)
        let other = ratio >= margin ? ratio - margin : ratio + margin
        return "one look sees a difference of \(points(margin)) in four of five experiments with "
            + "\(ProportionPower.count(ratio, other)) results of each arm\n"
    }

    // MARK: Figures

    private static func passed(_ count: PassCount) -> String {
        count.total > 0 ? "\(points(count.ratio)) of \(count.total)" : "-"
    }

    private static func interval(_ bounds: (low: Double, high: Double)) -> String {
        "\(points(bounds.low)) to \(points(bounds.high))"
    }

    private static func points(_ value: Double) -> String { PlainTable.number(value * 100, 1) + "%" }

    private static func p1000(_ value: Double) -> String {
        value < 0.001 ? "<0.001" : PlainTable.number(value, 3)
    }
}
