import Foundation
import Ledger
import MetricModel
import Statistics

/// Experiments and skills as JSON: what is unknown is left out, times are seconds since 1970.
enum TrialJSON {
    static func text(experiments: [TrialReport]) -> String { encoded(experiments.map { Experiment($0) }) }
    static func text(skills: [TrialReport]) -> String { encoded(skills.map { Skill($0) }) }

    private static func encoded(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        // Our own structures: all their numbers are finite.
        guard let bytes = try? encoder.encode(value) else { return "null\n" }
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }

    private struct Experiment: Encodable {
        let service, environment, experiment, state, reason: String
        let winner: String?
        let srmPValue: Double?
        let arms: [Version]

        init(_ report: TrialReport) {
            service = report.service
            environment = report.environment
            experiment = report.name
            state = report.figures.verdict.state.rawValue
            reason = report.figures.verdict.reason
            winner = report.figures.verdict.winner
            srmPValue = report.figures.sampleRatio
            arms = report.figures.versions.map { Version($0) }
        }
    }

    private struct Skill: Encodable {
        let service, environment, skill: String
        let changes: Int
        let lastChange: Double?
        /// The one before first.
        let editions: [Version]
        /// What the repository says, newest first.
        let edits: [Edit]

        init(_ report: TrialReport) {
            service = report.service
            environment = report.environment
            skill = report.name
            changes = report.changeCount
            lastChange = report.lastChange > 0 ? Double(report.lastChange) / 1_000 : nil
            editions = report.figures.versions.map { Version($0) }
            edits = report.edits.map { Edit($0, report) }
        }
    }

    private struct Edit: Encodable {
        let change, path, commit: String
        let pathBefore, blob, blobBefore, sha256, diff: String?
        let time: Double
        let counted: Bool
        let diffCut: Bool?
        /// What is known of cases that ran with it.
        let results, passed: Int?

        init(_ item: SkillEditReport, _ report: TrialReport) {
            let edit = item.edit
            change = "\(edit.kind)"
            path = edit.path
            commit = edit.commit
            pathBefore = edit.pathBefore
            blob = edit.blob
            blobBefore = edit.blobBefore
            sha256 = edit.digest
            diff = edit.diff.isEmpty ? nil : edit.diff
            diffCut = edit.isDiffCut ? true : nil
            time = Double(edit.time) / 1_000
            counted = item.isCounted
            let version = report.version(of: edit)
            results = version?.count.total
            passed = version?.count.passed
        }
    }

    private struct Version: Encodable {
        struct PValues: Encodable {
            let sequential, twoProportion, fisher: Double
            let mcnemar: Double?
        }

        let name: String
        let reference: Bool
        let results, passed: Int
        let passRatio, passRatioLow, passRatioHigh: Double?
        let costUSDPerCase, tokensPerCase, latencyP95Seconds: Double?
        let first, last: Double
        let lift, liftLow, liftHigh, liftLowOneLook, liftHighOneLook, power, mde: Double?
        let pairs: Int?
        let pValues: PValues?

        init(_ version: TrialFigures.Version) {
            name = version.name
            reference = version.isReference
            results = version.count.total
            passed = version.count.passed
            passRatio = version.count.total > 0 ? version.count.ratio : nil
            let bounds = Wilson.interval(version.count.passed, of: version.count.total)
            passRatioLow = bounds?.low
            passRatioHigh = bounds?.high
            costUSDPerCase = version.costPerCase
            tokensPerCase = version.tokensPerCase
            latencyP95Seconds = version.latencyP95
            first = Double(version.first) / 1_000
            last = Double(version.last) / 1_000
            let arms = version.comparison
            lift = arms?.difference
            liftLow = arms?.interval().low
            liftHigh = arms?.interval().high
            liftLowOneLook = arms?.proportions.interval.low
            liftHighOneLook = arms?.proportions.interval.high
            power = arms?.power
            mde = arms?.smallestDifference
            pairs = arms?.pairCount
            pValues = arms.map { arms in
                PValues(
                    sequential: arms.pValue(), twoProportion: arms.proportions.pValue,
                    fisher: FisherTest.pValue(arms.proportions.first, arms.proportions.second),
                    mcnemar: arms.pairCount > 0 ? arms.mcNemar.exactPValue : nil)
            }
        }
    }
}
