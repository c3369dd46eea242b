import Kit
import Packs
import Testing

@Suite struct `Error budgets` {
    private static func files(_ target: String, _ more: String = "") throws -> [GeneratedFile] {
        try Generated.files(
            """
            pack: mine
            objectives:
              calls_ok: { target: \(target), description: Calls go well.\(more), events: { bad: "b{$scope}[$window]", total: "t[$window]" } }
            """)
    }

    /// `factor long short` of every pair of windows, urgent ones first.
    private static func rows(_ target: String, _ more: String = "") throws -> [String] {
        let alerts = try Generated.text(try files(target, more), "alerts.yml")
        let found = alerts.matches(of: /ratio_rate([0-9a-z]+)\{[^}]*\} > ([0-9.]+) \*/)
        return stride(from: 0, to: found.count - 1, by: 2).map { index in
            "\(found[index].output.2) \(found[index].output.1) \(found[index + 1].output.1)"
        }
    }

    @Test(arguments: [
        ("0.999", ["14.4 1h 5m", "6 6h 30m", "3 1d 2h", "1 3d 6h"]),
        ("0.99", ["14.4 1h 5m", "6 6h 30m", "3 1d 2h", "1 3d 6h"]),
        ("0.95", ["2.4 6h 30m", "3 1d 2h", "1 3d 6h"]),
        ("0.85", ["2.4 6h 30m", "1.5 1d 2h", "1 3d 6h"]),
        ("0.5", ["1 3d 6h"]),
    ])
    func `burn at a rate that their target allows`(target: String, expected: [String]) throws {
        #expect(try Self.rows(target) == expected)
    }

    @Test func `are the target itself where less is better`() throws {
        #expect(try Self.rows("0.15", ", comparison: at_most") == ["2.4 6h 30m", "1.5 1d 2h", "1 3d 6h"])
    }

    @Test(arguments: ["0", "1", "2"])
    func `do not exist for all or nothing`(target: String) throws {
        let files = try Self.files(target)
        #expect(!(try Generated.text(files, "recording.yml")).contains("slo:"))
        #expect(!files.contains { $0.path.contains("runbooks") })
    }

    @Test func `are recorded over seven windows, none behind the 14 days that Prometheus keeps`() throws {
        let text = try Generated.text(try Self.files("0.85"), "recording.yml")
        let names = text.matches(of: /slo:sli_error:ratio_rate([0-9a-z]+)/).map { String($0.output.1) }
        #expect(names == ["5m", "30m", "1h", "2h", "6h", "1d", "3d"])
        #expect(text.contains("(b[3d])"))
    }

    @Test func `have a runbook that says how they came to be`() throws {
        let text = try Generated.text(try Self.files("0.85"), "CallsOkBudgetBurnsFast.md")
        #expect(text.contains("above 2.4 × 0.15 = 0.36"))
        #expect(text.contains("at least 20 events"))
    }
}
