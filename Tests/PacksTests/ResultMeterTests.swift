import MetricModel
import Packs
import Testing

@Suite struct `Meters on results and the ledger` {
    /// The lines of a meter, from line 3 of the file, and everything that is said of them.
    static let meters: [(yaml: String, problems: [String])] = [
        ("  - { from: cases, labels: { suite: case.suite }, counters: { x_total: 1 } }", []),
        ("  - { from: runs, on: run.result == 'failed', counters: { x_total: run.duration } }", []),
        ("  - { from: workers, counters: { x_total: worker.busy } }", []),
        (
            "  - { from: case, counters: { x_total: 1 } }",
            [
                "my.yaml:3: 'from' of meter 'x_total' is 'case', wanted one of spans, cases, runs, workers, changes, ledger"
            ]
        ),
        (
            "  - { from: workers, labels: { w: worker.nam }, counters: { x_total: 1 } }",
            [
                "my.yaml:3: meter 'mine/x_total' reads 'worker.nam', which workers do not have; did you mean 'worker.name' (known: worker.service, worker.environment, worker.name, worker.busy)"
            ]
        ),
        (
            "  - { from: runs, on: has(http.route), counters: { x_total: 1 } }",
            [
                "my.yaml:3: meter 'mine/x_total' reads 'http.route', which runs do not have (known: run.service, run.environment, run.result, run.duration)"
            ]
        ),
        ("  - { meter: m, from: ledger, per: service, gauges: { x: { of: runs_active } } }", []),
        (
            "  - { meter: m, from: ledger, gauges: { x: { of: runs_active } } }",
            [
                "my.yaml:3: meter 'm' has no 'per': what are its figures of (case, suite, branch, experiment, arm, skill, tested_skill, input_pattern, service)"
            ]
        ),
        (
            "  - { meter: m, from: ledger, per: team, gauges: { x: { of: runs_active } } }",
            [
                "my.yaml:3: 'per' of meter 'm' is 'team', wanted one of case, suite, branch, experiment, arm, skill, tested_skill, input_pattern, service"
            ]
        ),
        (
            "  - { meter: m, from: ledger, per: case, labels: { s: suite }, gauges: { x: { of: entropy } } }",
            ["my.yaml:3: meter 'm' has no label that is 'test', its series would meet"]
        ),
        (
            "  - { meter: m, from: ledger, per: service, labels: { t: test }, gauges: { x: { of: runs_active } } }",
            ["my.yaml:3: label 't' of meter 'm' is 'test', which a service of the ledger does not have"]
        ),
        (
            "  - { meter: m, from: ledger, per: service, gauges: { x: { of: run_active } } }",
            [
                "my.yaml:3: 'x' is 'run_active', which the ledger does not know of a service; did you mean 'runs_active' (known: runs_active, workers_busy, workers_idle, oldest_span)",
                "my.yaml:3: meter 'm' has no 'gauges': what does it show",
            ]
        ),
        (
            "  - { meter: m, from: ledger, per: service, gauges: { x_total: { of: runs_active } } }",
            ["my.yaml:3: gauge 'x_total' ends with '_total', which other types have"]
        ),
        (
            "  - { meter: m, from: ledger, per: service, gauges: { x_info: { of: runs_active } } }",
            ["my.yaml:3: gauge 'x_info' ends with '_info', which other types have"]
        ),
        (
            "  - { meter: m, from: ledger, per: input_pattern, labels: { p: pattern, w: words }, gauges: { x: { of: info } } }",
            ["my.yaml:3: info 'x' does not end with '_info'"]
        ),
        (
            "  - { from: ledger, per: service }",
            [
                "my.yaml:3: a meter from the ledger has no 'meter': it needs a name",
                "my.yaml:3: meter '' has no 'gauges': what does it show",
            ]
        ),
        (
            "  - { meter: m, from: ledger, per: suite, labels: { suite: suite },\n"
                + "      gauges: { x: { by: suite, of: { a: flaky } } } }",
            ["my.yaml:4: 'by' of 'x' is the label 'suite', which its series have already"]
        ),
        (
            "  - { meter: m, from: ledger, per: service, gauges: { x: { of: runs_active } } }\n"
                + "  - { meter: n, from: ledger, per: service, gauges: { x: { of: workers_busy } } }",
            ["my.yaml: metric 'x' of meter 'mine/n' is in 'mine/m' already"]
        ),
        (
            "  - { on: 'true', infos: { x: {} } }\n"
                + "  - { meter: n, from: ledger, per: service, gauges: { x: { of: workers_busy } } }",
            ["my.yaml: metric 'x' of meter 'mine/n' is in 'mine/x' already"]
        ),
    ]

    @Test(arguments: meters) func `say what is wrong, with file and line`(yaml: String, problems: [String]) {
        #expect(PackTexts.problems(meter: yaml).sorted() == problems.sorted())
    }

    @Test func `name the ledger's figures in the order of their gauges`() throws {
        let text = """
            pack: mine
            meters:
              - meter: m
                from: ledger
                per: case
                labels: { id: test, where: suite }
                gauges:
                  mine_state: { by: state, of: { good: is_healthy, bad: is_broken }, help: State. }
                  mine_entropy: { of: entropy }
            """
        let gauges = try PackSet(sources: [PackSource(file: "my.yaml", text: text)]).gauges
        #expect(
            gauges.tables == [
                GaugeCatalog.Table(
                    subject: .test, columns: [0, 1, 3, 2], figures: ["is_healthy", "is_broken", "entropy"])
            ])
        let table = try #require(gauges.catalog.tables.first)
        #expect(table.labels.map(\.text) == ["service", "environment", "id", "where"])
        #expect(table.instruments.map(\.fixedLabel?.value) == ["good", "bad", nil])
        #expect(gauges.catalog.families.map(\.name.text) == ["mine_entropy", "mine_state"])
        #expect(gauges.catalog.families.map(\.sources.count) == [1, 2])
    }
}
