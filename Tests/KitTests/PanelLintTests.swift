import Configuration
import Foundation
import Kit
import Packs
import Testing

@Suite struct `The lint of boards` {
    private static let queries =
        "queries: [{ expr: deploy_cases, legend: LEGEND }, { expr: deploy_pass_ratio, legend: Ratio }]"

    @Test(arguments: [
        ("{ expr: deploy_cases, legend: \"{{sute}}\" }", ["panel/legend"]),
        ("{ expr: \"sum(deploy_cases)\", legend: \"{{suite}}\" }", ["panel/legend"]),
        ("{ expr: deploy_cases, legend: \"{{suite}} {{ state }} of {{__name__}}\" }", []),
        ("{ expr: deploy_cases, unit: percentunt }", ["panel/unit"]),
        ("{ expr: deploy_cases, unit: \"suffix:cases\" }", []),
        ("{ expr: deploy_cases, unit: currencyUSD }", []),
        ("{ expr: \"up{a=\\\"b\\\"}\", legend: \"{{whatever}}\" }", []),
    ])
    func `knows a query's legend and unit`(query: String, checks: [String]) throws {
        let found = try Linted.findings(panel: "queries: [\(query)]")
        #expect(found.checks == checks, "\(found)")
    }

    @Test(arguments: [
        ("columns: [suite, state, Cases], sort: Cases desc", []),
        ("columns: [{ column: suite, title: Suite }], sort: Suite", []),
        ("columns: [sute]", ["panel/column"]), ("columns: [suite], sort: Casses", ["panel/column"]),
        ("columns: [{ column: Cases, title: Cases, unit: thing }]", ["panel/unit"]),
    ])
    func `knows the columns of a table`(keys: String, checks: [String]) throws {
        let queries = Self.queries.replacing("LEGEND", with: "Cases")
        let table = try Linted.findings(
            Linted.series
                + Self.board("{ panel: A, kind: table, text: T., no_value: n, \(queries), \(keys) }"))
        #expect(table.checks == checks, "\(table)")
    }

    private static func board(_ panel: String, _ more: String = "tags: []") -> String {
        """
        boards:
          own:
            title: Own
            folder: qa
            text: Mine.
            services: deploys_total
            \(more)
            rows: [{ panels: [\(panel)] }]
        """
    }

    @Test(arguments: [
        ("", ["panel/threshold"]), (", thresholds: { base: green }", []), (", objective: deploy_ok", []),
        (", change: true", []), (", mappings: { 1: GO }", []),
    ])
    func `wants a number to be compared with something`(keys: String, checks: [String]) throws {
        let panel =
            "{ panel: A, kind: stat, unit: none, text: T., no_value: n, expr: \"max(deploy_cases)\"\(keys) }"
        #expect(try Linted.findings(Linted.series + Self.board(panel)).checks == checks)
    }

    @Test func `wants to know why a panel is empty`() throws {
        let panel = "{ panel: A, kind: timeseries, unit: none, text: T., expr: deploy_cases }"
        let found = try Linted.findings(Linted.series + Self.board(panel))
        #expect(found.checks == ["panel/no-value"])
        #expect(found.map(\.severity) == [.warning])
    }

    @Test(arguments: [
        ("variables: [{ variable: suite, of: \"deploy_cases{$scope}\" }]", []),
        ("variables: [{ variable: suite, of: deploy_cases, label: sute }]", ["board/variable"]),
        ("variables: [{ variable: suite, of: deploy_casse }]", ["promql/unknown-metric"]),
        (
            "variables: [{ variable: suite, of: deploy_cases }, { variable: state, values: [a] }]",
            ["board/variable"]
        ),
        (
            "{ variables: [{ variable: suite, of: deploy_cases }], annotations: [{ annotation: X, expr: deploy_cases, title: \"{{state}}\", tags: [sute] }] }",
            ["board/annotation"]
        ),
        (
            "{ variables: [{ variable: suite, of: deploy_cases }], annotations: [{ annotation: X, expr: deploy_cases, title: \"{{state}}\", tags: [suite] }] }",
            []
        ),
    ])
    func `knows variables and annotations`(keys: String, checks: [String]) throws {
        let panel =
            "{ panel: A, kind: timeseries, unit: none, text: T., no_value: n, "
            + "expr: 'deploy_cases{suite=~\"$suite\"}' }"
        var lines = keys
        if keys.hasPrefix("{") {
            lines = String(keys.dropFirst(2).dropLast(2)).replacing(
                "], annotations", with: "]\n    annotations")
        }
        let found = try Linted.findings(Linted.series + Self.board(panel, lines))
        #expect(found.checks == checks, "\(found)")
    }

    @Test func `takes a variable's first value where it stands for a duration`() throws {
        let panel =
            "{ panel: A, kind: timeseries, unit: none, text: T., no_value: n, "
            + "expr: 'max_over_time(deploy_cases[$span]) > ${least}' }"
        let variables =
            "variables: [{ variable: span, values: [1d, 7d] }, { variable: least, values: [3, 5] }]"
        #expect(try Linted.findings(Linted.series + Self.board(panel, variables)).map(\.description) == [])
    }

    @Test func `takes an excuse, and says when there is nothing to excuse`() throws {
        func found(_ expression: String, _ excuse: String) throws -> [String] {
            try Linted.findings(panel: "expr: '\(expression)', lint: { excuse: { \(excuse) } }")
                .map(\.description)
        }
        #expect(try found("avg(deploys:ratio:5m)", "promql/average-of-ratios: one service only") == [])
        #expect(
            try found("max(deploys:ratio:5m)", "promql/average-of-ratios: one service only") == [
                "my.yaml:40: warning: panel 'A' excuses 'promql/average-of-ratios', which finds nothing here "
                    + "(lint/excuse)"
            ])
        #expect(
            try found("max(deploys:ratio:5m)", "promql/averge-of-ratios: x") == [
                "my.yaml:40: panel 'A' excuses 'promql/averge-of-ratios', which is no check; "
                    + "did you mean 'promql/average-of-ratios' (lint/excuse)"
            ])
    }

    @Test func `takes a rate of its own window where the panel says why`() throws {
        #expect(
            try Linted.findings(panel: "expr: 'rate(deploys_total[5m])'").checks == ["promql/rate-interval"])
        #expect(
            try Linted.findings(panel: "expr: 'rate(deploys_total[5m])', fixed_window: as the alert").checks
                == [])
    }

    @Test func `has every check in the README, and no other`() throws {
        let readme = try String(contentsOf: Generated.root.appending(path: "README.md"), encoding: .utf8)
        let rows = readme.matches(of: /\| `((?:promql|alerts|rule|group|panel|board|lint)\/[a-z-]+)` \|/)
        #expect(rows.map { String($0.output.1) } == KitLint.checks)
    }
}
