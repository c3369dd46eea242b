import Kit
import Testing

@Suite struct `The lint of rules and alerts` {
    @Test(arguments: [
        ("deploys:ratio:5m", "for: 5m", "alerts/comparison"),
        ("deploys:ratio:5m > bool 0.1", "for: 5m", "alerts/comparison"),
        ("deploys:ratio:5m > 1 or deploys:ratio:5m", "for: 5m", "alerts/comparison"),
        ("deploys:ratio:5m > 1", "keep_firing_for: 5m", "alerts/for"),
        ("deploys:ratio:5m > 1", "for: 20s", "alerts/for"),
        ("absent(deploys_total{service=\"a\"})", "for: 30s", "alerts/absent"),
        ("absent(deploys_total{service=\"a\"})", "for: 0m", "alerts/absent"),
        ("deploy_cases > 3", "for: 5m", "alerts/count"),
        ("sum by (service) (rate(deploys_total[5m])) > 1", "for: 5m", "alerts/window"),
        ("sum by (outcome) (deploys:rate:5m) > 1", "for: 5m", "alerts/template"),
    ])
    func `finds this in an alert`(expression: String, keys: String, check: String) throws {
        #expect(try Linted.findings(alert: expression, keys: keys).checks == [check])
    }

    @Test(arguments: [
        ("deploys:ratio:5m < $objective(deploy_ok, red)", "for: 5m"),
        ("deploys:ratio:5m > 1", "for: 0m"),
        (
            "sum by (service) (rate(deploys_total[10m])) > 1 and sum by (service) (deploy_cases) > 5",
            "for: 5m"
        ),
        ("(deploys:ratio:5m > 1) or (deploys:ratio:5m < 0)", "for: 5m"),
        ("deploys:ratio:5m unless on (service) deploying_info", "for: 5m"),
        ("absent(deploys_total{service=\"a\"})", "for: 1m"),
        ("max by (service) (deploys:rate:5m > 3)", "for: 5m"),
        ("up{lifetime=\"long\"} == 0", "for: 2m"),
        ("sum by (service) (increase(foreign_total[5m])) > 1 or deploys:ratio:5m > 1", "for: 5m"),
    ])
    func `is quiet about this in an alert`(expression: String, keys: String) throws {
        #expect(try Linted.findings(alert: expression, keys: keys).map(\.description) == [])
    }

    @Test(arguments: [
        ("{{ $labels.service }}", "{{ $labels.servise }}", "alerts/template"),
        ("{{ $labels.service }}", "{{ index $labels \"team\" }}", "alerts/template"),
        ("{{ $labels.service }}", "{{ .Labels.team | title }}", "alerts/template"),
        ("audience: qa", "audience: qa\n    labels: { now: \"{{ $value }}\" }", "alerts/template"),
        ("It fails.", "{{ $labels.service }} fails.", "alerts/annotation"),
        ("{{ $value }}", "some", "alerts/annotation"),
    ])
    func `finds this in the texts of an alert`(old: String, new: String, check: String) throws {
        let found = try Linted.findings(alert: "deploys:ratio:5m > 1", replacing: (old, new))
        #expect(found.checks == [check], "\(found)")
    }

    @Test(arguments: [
        ("{{ $value }}", "{{ $value | humanizePercentage }} of {{ index $labels \"service\" }}"),
        ("{{ $value }}", "{{ with query \"up\" }}{{ . | first | value }}{{ end }}{{ printf `%.1f` $value }}"),
        ("audience: qa", "audience: qa\n    labels: { what: \"{{ $labels.service }}\" }"),
    ])
    func `is quiet about these texts of an alert`(old: String, new: String) throws {
        let found = try Linted.findings(alert: "deploys:ratio:5m > 1", replacing: (old, new))
        #expect(found.map(\.description) == [])
    }

    @Test func `lets a heartbeat always fire`() throws {
        let found = try Linted.findings(
            alert: "vector(1)", keys: "for: 0m", replacing: ("severity: P2", "severity: heartbeat"))
        #expect(found.checks == ["alerts/template"], "it has no label service")
    }

    @Test(arguments: [
        ("record: \"own:x:y\"", "record: ownx", ["rule/name"]),
        ("record: \"own:x:y\"", "record: deploy_cases", ["rule/name"]),
        ("expr: 'deploys:ratio:5m > 0'", "expr: 'own:x:y > 0'", ["rule/dependency"]),
        ("}", ", interval: 10m }", ["group/interval"]),
        ("}", ", interval: 1m }", []),
    ])
    func `finds this in a rule's surroundings`(old: String, new: String, checks: [String]) throws {
        let rule = "  - { record: \"own:x:y\", expr: 'deploys:ratio:5m > 0' }\n"
        let found = try Linted.findings(Linted.series + rule.replacing(old, with: new))
        #expect(found.checks == checks, "\(found)")
    }

    @Test func `finds a rule that reads what is recorded behind it, and one that says the same again`() throws
    {
        let rules = """
              - { record: "own:a:b", expr: "own:c:d > 0" }
              - { record: "own:c:d", expr: "max by (service) (deploy_cases)" }
              - { record: "own:e:f", expr: "max by (service)(deploy_cases)" }
              - { record: "own:g:h", expr: "own:a:b + own:e:f" }
            """
        #expect(
            try Linted.findings(Linted.series + rules).map(\.description) == [
                "my.yaml:31: rule 'own:a:b' reads 'own:c:d', which my.yaml:32 records behind it (rule/dependency)",
                "my.yaml:33: warning: rule 'own:e:f' records the same as rule 'own:c:d' in my.yaml:32 "
                    + "(rule/duplicate)",
            ])
    }
}
