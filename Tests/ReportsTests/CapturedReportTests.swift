import Foundation
import MetricModel
import Reports
import Testing

@Suite struct `Captured reports of pytest` {
    @Test func `its log tells every outcome and attempt`() throws {
        let runs = try CapturedReports.runs(with: "reportlog.jsonl")
        var compared = 0
        for (run, text) in runs {
            let report = try report(text, step: 1_000)
            let found = Dictionary(uniqueKeysWithValues: report.cases.map { ($0.test, $0) })
            for (name, test) in run.tests {
                guard let wanted = CapturedReports.outcome(test) else { continue }
                #expect(found[name]?.outcome == wanted, "\(run.run) \(name)")
                #expect(found[name]?.attempts.count == test.attempts.count, "\(run.run) \(name)")
                compared += 1
            }
            #expect(report.isInterrupted == (run.exitstatus != 0 && run.exitstatus != 1), "\(run.run)")
        }
        #expect(runs.count == 11)
        #expect(compared > 240)
    }

    @Test func `its XML tells every outcome`() throws {
        let runs = try CapturedReports.runs(with: "junit.xml")
        var compared = 0
        for (run, text) in runs {
            let report = try report(text, step: 4_096)
            let found = Dictionary(uniqueKeysWithValues: report.cases.map { ($0.test, $0) })
            for (name, test) in run.tests {
                guard let wanted = CapturedReports.outcome(test), let case_ = found[Self.xmlName(name)] else {
                    continue
                }
                // Reruns of one process alone leave no trace.
                let seen: CaseOutcome = wanted == .flaky && case_.attempts.count == 1 ? .passed : wanted
                #expect(case_.outcome == seen, "\(run.run) \(name)")
                compared += 1
            }
        }
        #expect(runs.count == 11)
        #expect(compared > 240)
    }

    /// `a/b.py::C::t[x]` as `a.b.C::t[x]`.
    private static func xmlName(_ nodeid: String) -> String {
        let head = nodeid.prefix { $0 != "[" }
        var parts = head.components(separatedBy: "::")
        let name = parts.removeLast() + nodeid.dropFirst(head.count)
        parts[0] = String(parts[0].dropLast(3)).replacing("/", with: ".")
        return parts.joined(separator: ".") + "::" + name
    }
}
