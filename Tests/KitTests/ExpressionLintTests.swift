import Configuration
import Kit
import Packs
import Testing

@Suite struct `The lint of expressions` {
    @Test(arguments: [
        ("sum(rate(deploys_total[1h])", "promql/syntax"),
        ("limitk(1, deploy_cases)", "promql/syntax"),
        ("deploy_cases offset 1h5", "promql/syntax"),
        ("deploys_totl", "promql/unknown-metric"),
        ("rate(deploy_seconds[5m])", "promql/unknown-metric"),
        ("deploy_cases{sate=\"flaky\"}", "promql/unknown-label"),
        ("rate(spanmeter_spans_received_total{service=\"a\"}[5m])", "promql/unknown-label"),
        ("sum by (targt) (rate(deploys_total[5m]))", "promql/unknown-label"),
        ("sum without (branch) (deploy_cases)", "promql/unknown-label"),
        ("sum by (service) (deploy_cases) > on (team) deploys:rate:5m", "promql/unknown-label"),
        (
            "deploys:ratio:5m * on (service) group_left (team) sum by (service) (deploy_cases)",
            "promql/unknown-label"
        ),
        ("rate(deploy_cases[5m])", "promql/counter"),
        ("increase(deploys:rate:5m[5m])", "promql/counter"),
        ("delta(deploys_total[5m])", "promql/counter"),
        ("rate(sum by (service) (deploys_total)[5m:1m])", "promql/rate-of-sum"),
        ("sum(deploys_total)", "promql/bare-counter"),
        ("deploy_seconds_sum / deploy_seconds_count", "promql/bare-counter"),
        ("histogram_quantile(0.9, sum by (service) (rate(deploy_seconds_bucket[5m])))", "promql/quantile"),
        ("histogram_quantile(0.9, rate(deploys_total[5m]))", "promql/quantile"),
        ("histogram_quantile(0.9, deploy_cases)", "promql/quantile"),
        ("avg(deploys:ratio:5m)", "promql/average-of-ratios"),
        (
            "avg(rate(deploys_total{outcome=\"ok\"}[5m]) / rate(deploy_attempts_total[5m]))",
            "promql/average-of-ratios"
        ),
        ("sum(1 - deploys:ratio:5m * 100)", "promql/average-of-ratios"),
        ("avg(deploy_pass_ratio)", "promql/average-of-ratios"),
        ("avg_over_time(deploys:ratio:5m[1h])", "promql/average-of-ratios"),
        ("deploy_cases{instance=\"a:1\"}", "promql/instance-bound"),
        ("deploy_cases{job=~\"a.+\"}", "promql/instance-bound"),
        ("rate(deploys_total[30s])", "promql/rate-window"),
        ("max_over_time(deploy_cases[15d])", "promql/retention"),
        ("max_over_time(deploy_cases[8d] offset 8d)", "promql/retention"),
        ("max_over_time(rate(deploys_total[5m])[2w:1m])", "promql/retention"),
        ("deploy_cases offset -5m", "promql/offset"),
        ("deploy_cases / deploys:ratio:5m", "promql/vector-matching"),
        ("deploys:ratio:5m > vector(1)", "promql/vector-matching"),
        ("deploys:rate:5m / on (outcome) deploys:ratio:5m", "promql/vector-matching"),
        ("deploys:ratio:5m and hour() > 8", "promql/vector-matching"),
        ("sum by (outcome) (deploys:rate:5m) / on () deploys:ratio:5m", "promql/many-matches"),
        ("deploys:ratio:5m * on (service) deploys:rate:5m", "promql/many-matches"),
        ("deploys:rate:5m / ignoring (outcome) group_left () deploys:rate:5m", "promql/many-matches"),
        ("up / sum without (outcome) (deploys:rate:5m)", "promql/fragile"),
        ("deploy_cases{state=\"flaky\"} / deploy_cases{state=\"broken\"}", "promql/impossible"),
        ("deploy_cases{state=\"flaky\", state!=\"flaky\"}", "promql/impossible"),
        ("deploy_cases{state=\"flaky\", state=\"broken\"}", "promql/impossible"),
        ("deploy_cases{state=~\"flaky\"}", "promql/regexp"),
        ("deploy_cases{state!~\"^(a|b)$\"}", "promql/regexp"),
        ("deploy_cases{state=~\".*\"}", "promql/regexp"),
        ("deploy_cases == NaN", "promql/nan"),
    ])
    func `finds this in a rule`(expression: String, check: String) throws {
        let findings = try Linted.findings(rule: expression)
        #expect(Set(findings.checks) == [check], "\(findings)")
    }

    @Test(arguments: [
        "sum by (service, outcome) (rate(deploys_total{$scope, outcome!=\"\"}[5m]))",
        "sum by (service) (max_over_time(deploys_total{$scope}[7d]) - min_over_time(deploys_total{$scope}[7d]))",
        "sum by (service) (deploys_total - deploys_total offset 7d)",
        "sum by (service) (rate(deploy_seconds_sum[5m])) / sum by (service) (rate(deploy_seconds_count[5m]))",
        "histogram_quantile(0.95, sum by (service, le) (rate(deploy_seconds_bucket{$scope}[5m])))",
        "histogram_quantile(0.95, deploys:buckets:5m)",
        "histogram_fraction(0, 1, rate(foreign_total[5m]))",
        "(sum by (service) (deploys:rate:5m{outcome=\"ok\"}) or 0 * deploys:ratio:5m) / (deploys:ratio:5m > 0)",
        "min(deploys:ratio:5m) or vector(0)", "deploys:ratio:5m / sum without (outcome) (deploys:rate:5m)",
        "sum without (outcome) (deploys:rate:5m) / deploys:ratio:5m",
        "sum by (service) (deploys:ratio:5m)", "avg by (service) (deploys:ratio:5m{service=\"a\"})",
        "deploys:rate:5m{outcome=\"ok\"} / ignoring (outcome) deploys:ratio:5m",
        "sum by (instance) (spanmeter_series) / on (instance) spanmeter_series_limit",
        "sum(deploys:ratio:5m * on (service) group_left () sum by (service) (rate(deploys_total[5m])))",
        "avg(sum by (service) (rate(deploys_total[5m])) / on () group_left () days_in_month())",
        "sum by (service) ($total(deploys_total{$scope}[1d])) > 0",
        "deploys:ratio:5m < scalar(max(spanmeter_objective{name=\"deploy_ok\"}) or vector(1))",
        "deploys:ratio:5m < $objective(deploy_ok)",
        "avg(deploy_cases{state=\"flaky\"})",
        "deploys:ratio:5m - deploys:ratio:5m offset 7d",
        "deploy_cases{state=\"flaky\"} / ignoring (state) deploy_cases{state=\"broken\"}",
        "deploy_cases{state=\"flaky\"} / ignoring (state) group_left () sum without (state) (deploy_cases)",
        "deploys:rate:5m * on (service) group_left () deploys:ratio:5m",
        "deploys:ratio:5m and on () hour() > 8",
        "deploys:ratio:5m unless on (service) deploying_info",
        "count by (service) (deploys_total)", "changes(deploys_total[1h]) > 0",
        "sum by (service) (deploy_cases) and on (service) deploys_total",
        "delta(deploy_cases[1h])", "deriv(node_load1{cluster=\"a\"}[1h])",
        "up{job=\"spanmeter\", lifetime=\"long\"} == 0",
        "max(process_resident_memory_bytes{job=\"spanmeter\"})",
        "node_load1{job=\"node\", cluster=~\"a|b\"}",
        "sum by (protocol) (rate(spanmeter_spans_received_total[5m]))",
        "histogram_quantile(0.99, sum by (le) (rate(spanmeter_request_seconds_bucket[5m])))",
        "max_over_time(deploy_cases[7d] offset 7d)", "{__name__=~\"deploy_.+\"}",
        "count by (alertname) (ALERTS{severity=~\"P0|P1\", alertstate=\"firing\"})",
        "time() - max(deploy_cases)", "topk(5, deploy_pass_ratio)",
        "label_replace(deploys:ratio:5m, \"what\", \"$1\", \"service\", \"(.*)\")",
        "sum by (le) (deploys:buckets:5m)", "quantile(0.5, deploys:ratio:5m)",
        "avg_over_time(deploy_cases[1h])",
        "absent(deploys_total{service=\"a\"})", "deploys:ratio:5m * 100 > 5",
        "sum by (service) (rate(deploy_seconds_bucket{le=\"1\"}[5m]))",
    ])
    func `is quiet about this in a rule`(expression: String) throws {
        #expect(try Linted.findings(rule: expression).map(\.description) == [])
    }

    @Test(arguments: [
        ("sum(rate(deploys_total{$scope}[5m]))", "promql/rate-interval"),
        ("sum(irate(deploys_total{$scope}[$__interval]))", "promql/rate-interval"),
        ("sum(deploys_total{$scope})", "promql/bare-counter"),
        ("max_over_time(deploy_cases[30d])", "promql/retention"),
        ("deploy_cases{suite=~\"$suit\"}", "board/variable"),
        ("deploy_cases{service=\"$service\"}", "board/variable"),
        (
            "sum(rate(spanmeter_spans_received_total{$scope}[$__rate_interval])) or node_load1",
            "promql/unknown-label"
        ),
    ])
    func `finds this in a panel`(expression: String, check: String) throws {
        let findings = try Linted.findings(query: expression)
        #expect(Set(findings.checks) == [check], "\(findings)")
    }

    @Test(arguments: [
        "sum(rate(deploys_total{$scope}[$__rate_interval]))",
        "sum(increase(deploys_total{$scope}[$__range]))",
        "sum(increase(deploys_total{$scope}[1d]))", "deploy_cases - deploy_cases offset $__range",
        "deploy_cases{service=~\"$service\", $scope}", "topk(10, deploy_cases{suite=~\".+\"})",
    ])
    func `is quiet about this in a panel`(expression: String) throws {
        #expect(try Linted.findings(query: expression).map(\.description) == [])
    }

    @Test func `says what, where, which value, and what was wanted`() throws {
        let pack =
            Linted.series + """
                  - record: own:x:y
                    expr: |
                      sum by (service) (
                        rate(deploys_totl{$scope, outcome="ok"}[5m])
                      )
                """
        #expect(
            try Linted.findings(pack).map(\.description) == [
                "my.yaml:31: rule 'own:x:y' at 2:8 asks for the metric 'deploys_totl', which nobody has; "
                    + "did you mean 'deploys_total' (promql/unknown-metric)"
            ])
    }

    @Test(arguments: ["", "environment=\"production\""])
    func `points into the pack's text, whatever was filled in before`(scope: String) throws {
        var settings = Generated.settings
        settings.scope = scope
        let rule =
            "  - { record: own:x:y, expr: 'min(deploy_cases{$scope, suite!=\"\"}) < $objective(deploy_ok) - ups' }"
        let packs = try PackSet(sources: [PackSource(file: "my.yaml", text: Linted.series + rule)])
        let findings = KitLint.findings(packs: packs, settings: settings)
        #expect(findings.count == 1)
        #expect(findings.first?.message.hasPrefix("rule 'own:x:y' at 1:64 asks") == true, "\(findings)")
    }

    @Test(arguments: [
        (
            "deploy_cases{sate=\"flaky\"}",
            "has the label 'sate' in a matcher of 'deploy_cases', which has environment, instance, job, "
                + "service, state, suite; did you mean 'state'"
        ),
        (
            "rate(deploy_seconds[5m])",
            "asks for the metric 'deploy_seconds', which nobody has; it is a histogram: wanted "
                + "deploy_seconds_bucket, _sum or _count"
        ),
        (
            "sum(increase(deploys_total[10s]))",
            "has increase over [10s]; wanted at least [1m], four scrapes of 15s"
        ),
        (
            "max_over_time(deploy_cases[8d] offset 8d)",
            "looks 16d back in 'deploy_cases[8d] offset 8d'; wanted at most 14d, as Prometheus keeps 15d"
        ),
        (
            "deploy_cases{state=\"flaky\"} / deploy_cases{state=\"broken\"}",
            "matches state=\"flaky\" with state=\"broken\" by '/', which never agree; "
                + "wanted 'ignoring (state)', or both sides without it"
        ),
        (
            "deploys:rate:5m > deploys:ratio:5m",
            "matches '>' by outcome, which only the left side has; wanted 'on (service)', "
                + "or both sides grouped alike"
        ),
        (
            "deploys:ratio:5m / on (service deploys:rate:5m",
            "is no PromQL: 'deploys:rate:5m' stands where ',' or ')' is wanted"
        ),
    ])
    func `has messages that point`(expression: String, message: String) throws {
        let findings = try Linted.findings(rule: expression)
        #expect(findings.count == 1)
        let found = findings.first?.message.drop { $0 != ":" }.description ?? ""
        #expect(findings.first?.message.contains(message) == true, "\(found)")
    }
}
