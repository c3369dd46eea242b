import MetricModel
import Reports
import Testing

@Suite struct `A report as results` {
    private static let xml = """
        <testsuite name="s" timestamp="2026-11-20T10:00:00">
        <testcase classname="c" name="a" time="2"><failure message="lost 17"/></testcase>
        <testcase classname="c" name="a" time="1"/><testcase classname="c" name="b" time="0.5"/></testsuite>
        """
    private static let start: Int64 = 1_795_168_800_000
    private static let origin = ReportOrigin(
        service: "shop", environment: "ci", branch: "main", revision: "abc", run: RunKey(bytes: [1]),
        written: start + 60_000)

    @Test func `has a run, and cases with their times`() throws {
        let batch = try report(Self.xml).outcomes(
            Self.origin, at: Self.start + 10_000, digest: [7], pattern: { "<\($0.message)>" })
        let run = try #require(batch.runs.first)
        #expect(batch.runs.count == 1)
        #expect(run.ended == .passed)
        #expect([run.start, run.end] == [Self.start, Self.start + 3_500])
        #expect(run.source == .report)
        #expect(batch.results.map(\.outcome) == [.flaky, .passed])
        #expect(batch.results.map(\.end) == [Self.start + 3_000, Self.start + 3_500])
        #expect(batch.results[0].pattern == "<lost 17>")
        #expect(batch.results[0].busySeconds == 3)
        #expect(batch.results[0].wasteSeconds == 2)
        #expect(batch.report == [7])
        #expect(batch.isCounted)
    }

    @Test func `of long ago is history alone, unless told otherwise`() throws {
        let late = Self.start + 3_500 + Report.countedAgeMax + 1
        let report = try report(Self.xml)
        #expect(!report.outcomes(Self.origin, at: late, digest: [], pattern: \.message).isCounted)
        #expect(report.outcomes(Self.origin, at: late - 1, digest: [], pattern: \.message).isCounted)
        #expect(
            report.outcomes(Self.origin, at: late, digest: [], isCounted: true, pattern: \.message).isCounted)
    }

    @Test func `never ends later than now`() throws {
        let batch = try report(Self.xml).outcomes(
            Self.origin, at: Self.start + 1_000, digest: [], pattern: \.message)
        #expect(batch.results.map(\.end) == [Self.start + 1_000, Self.start + 1_000])
        #expect(batch.runs.map(\.end) == [Self.start + 1_000])
    }
}
