import Bytes
import Derivation
import MetricModel
import Packs
import Registry
import Testing
import TraceBuilder

@Suite struct `The pack tests` {
    static func result(
        _ attempts: [CaseAttempt], revises: [CaseAttempt]? = nil, suite: String? = "t.py"
    ) -> CaseResult {
        CaseResult(
            run: RunKey(bytes: [1]), service: "shop", environment: "ci", test: "t.py::a", suite: suite,
            file: "t.py", worker: "gw0", attempts: attempts, end: 1_700_000_000_000,
            seconds: attempts.last?.seconds ?? 0, busySeconds: attempts.reduce(0) { $0 + $1.seconds },
            revises: revises)
    }

    /// A result that only the history is to know of.
    static var uncounted: CaseResult {
        var result = result([attempt(.failed), attempt(.passed)])
        result.isCounted = false
        return result
    }

    static func attempt(_ outcome: Outcome, _ seconds: Double = 1, _ pattern: String? = nil) -> CaseAttempt {
        CaseAttempt(outcome: outcome, seconds: seconds, pattern: pattern)
    }

    static func run(_ ended: RunOutcome?, root: RunKey? = nil, wasEnded: Bool = false) -> RunChange {
        RunChange(
            key: RunKey(bytes: [1]), root: root, service: "shop", environment: "ci", revision: "abc",
            branch: "main", start: 1_700_000_000_000, end: 1_700_000_002_500, ended: ended,
            wasEnded: wasEnded)
    }

    /// What was decided, and all series that it becomes, those of histograms by their counts and sums.
    static let decisions: [(batch: OutcomeBatch, series: [String])] = [
        (
            OutcomeBatch(
                decided: 0, results: [uncounted], runs: [run(.passed)],
                workers: [
                    WorkerShare(
                        run: RunKey(bytes: [1]), service: "shop", environment: "ci", name: "gw0",
                        busySeconds: 2)
                ]), []
        ),
        (
            OutcomeBatch(decided: 0, results: [result([attempt(.passed, 0.25)])]),
            [
                "test_attempts_total{suite=\"t.py\",outcome=\"passed\"} 1",
                "test_case_duration_seconds_count{suite=\"t.py\",result=\"passed\"} 1",
                "test_case_duration_seconds_sum{suite=\"t.py\",result=\"passed\"} 0.25",
                "test_case_results_total{suite=\"t.py\",result=\"passed\"} 1",
            ]
        ),
        (
            OutcomeBatch(
                decided: 0,
                results: [
                    result([attempt(.failed, 15, "boom #"), attempt(.error, 2, "late"), attempt(.passed, 3)])
                ]),
            [
                "test_attempts_total{suite=\"t.py\",outcome=\"error\"} 1",
                "test_attempts_total{suite=\"t.py\",outcome=\"failed\"} 1",
                "test_attempts_total{suite=\"t.py\",outcome=\"passed\"} 1",
                "test_case_duration_seconds_count{suite=\"t.py\",result=\"flaky\"} 1",
                "test_case_duration_seconds_sum{suite=\"t.py\",result=\"flaky\"} 3",
                "test_case_results_total{suite=\"t.py\",result=\"flaky\"} 1",
                "test_failure_patterns_total{suite=\"t.py\",pattern=\"late\"} 1",
                "test_retries_total{suite=\"t.py\",rescued=\"true\"} 2",
                "test_retry_waste_seconds_total{suite=\"t.py\"} 17",
            ]
        ),
        (
            OutcomeBatch(decided: 0, results: [result([attempt(.skipped, 0, "no disk")], suite: nil)]),
            [
                "test_attempts_total{outcome=\"skipped\"} 1",
                "test_case_duration_seconds_count{result=\"skipped\"} 1",
                "test_case_duration_seconds_sum{result=\"skipped\"} 0",
                "test_case_results_total{result=\"skipped\"} 1",
            ]
        ),
        // A correction adds what grew; what was counted stays.
        (
            OutcomeBatch(
                decided: 0,
                results: [
                    result(
                        [attempt(.failed, 4, "x"), attempt(.failed, 1, "x")], revises: [attempt(.failed, 4)])
                ]),
            [
                "test_attempts_total{suite=\"t.py\",outcome=\"failed\"} 1",
                "test_retries_total{suite=\"t.py\",rescued=\"false\"} 1",
                "test_retry_waste_seconds_total{suite=\"t.py\"} 4",
            ]
        ),
        (
            OutcomeBatch(
                decided: 0,
                runs: [
                    run(.interrupted), run(nil), run(.passed, root: RunKey(bytes: [2])),
                    run(.passed, wasEnded: true),
                ],
                workers: [
                    WorkerShare(
                        run: RunKey(bytes: [1]), service: "shop", environment: "ci", name: "gw0",
                        busySeconds: 2.5)
                ]),
            [
                "test_run_duration_seconds_count 1",
                "test_run_duration_seconds_sum 2.5",
                "test_runs_total{result=\"interrupted\"} 1",
                "test_worker_busy_seconds_total{worker=\"gw0\"} 2.5",
            ]
        ),
        (OutcomeBatch(decided: 0), []),
    ]

    @Test(arguments: decisions) func `counts what folds have found`(batch: OutcomeBatch, series: [String])
        throws
    {
        var spans = ResultSpans()
        let body = spans.encode(batch, patterns: batch.results.map(\.pattern))
        #expect(body.isEmpty == series.isEmpty)
        if body.isEmpty { return }
        let scraped = try Scraped([body], enabled: ["tests"], origin: .results)
        let lines = scraped.lines.filter { !$0.hasPrefix("#") && !$0.contains("_bucket{") }
        let shown = lines.map {
            $0.replacing("{service=\"shop\",environment=\"ci\",", with: "{")
                .replacing("{service=\"shop\",environment=\"ci\"}", with: "")
        }
        #expect(shown.sorted() == series)
        #expect(scraped.refusals.isEmpty)
    }

    @Test func `counts what inputs that failed are like, once and not with corrections`() throws {
        var spans = ResultSpans()
        let failed = Self.result([Self.attempt(.failed)])
        let batch = OutcomeBatch(
            decided: 0, results: [failed, failed, failed, Self.result([Self.attempt(.passed)])])
        var corrected = batch
        corrected.results.append(Self.result([Self.attempt(.failed)], revises: [Self.attempt(.passed)]))
        let labels = ["input-7", "other", "input-7", nil, "input-7"]
        let body = spans.encode(
            corrected, patterns: [String?](repeating: nil, count: 5), inputs: labels)
        let scraped = try Scraped([body], enabled: ["tests", "routing-tests"], origin: .results)
        let name = "routing_test_input_pattern_failures_total"
        #expect(scraped.sum(name, "pattern=\"input-7\"") == 2)
        #expect(scraped.sum(name, "pattern=\"other\"") == 1)
        #expect(scraped.sum(name) == 3)
    }

    @Test func `does not let spans from outside say what folds have found`() throws {
        var spans = ResultSpans()
        let batch = OutcomeBatch(decided: 0, results: [Self.result([Self.attempt(.passed)])])
        let body = spans.encode(batch, patterns: [nil])
        let scraped = try Scraped([body], enabled: ["tests"])
        #expect(scraped.lines == [])
        #expect(scraped.counts.map(\.unmatched) == [1])
    }

    @Test func `keeps its memory from one decision to the next`() {
        let batch = OutcomeBatch(decided: 0, results: [Self.result([Self.attempt(.passed)])])
        var spans = ResultSpans()
        let first = spans.encode(batch, patterns: batch.results.map(\.pattern))
        #expect(spans.encode(batch, patterns: batch.results.map(\.pattern)) == first)
    }
}
