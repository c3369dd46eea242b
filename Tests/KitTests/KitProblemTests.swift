import Packs
import Testing

@Suite struct `Mistakes in what packs declare for people` {
    private static let head = """
        pack: mine
        boards:
          own: { title: Own, folder: qa, text: Mine., services: x_total, rows: [{ panels: [PANEL] }] }

        """
    private static let panel =
        "{ panel: A, kind: stat, unit: none, text: One., expr: x_total, KEYS }"

    /// What is wrong with a pack, one line each.
    private static func problems(_ text: String, targets: [ObjectiveTarget] = []) -> [String] {
        do {
            _ = try PackSet(sources: [PackSource(file: "my.yaml", text: text)], targets: targets)
            return []
        } catch {
            return error.problems.map(\.description)
        }
    }

    private static func problems(panel: String) -> [String] {
        problems(head.replacing("PANEL", with: panel))
    }

    private static func problems(keys: String) -> [String] {
        problems(panel: panel.replacing("KEYS", with: keys))
    }

    @Test func `a small board is none`() {
        #expect(Self.problems(panel: Self.panel.replacing(", KEYS", with: "")) == [])
    }

    @Test(arguments: [
        ("colour: red", "a panel has the unknown key 'colour'; did you mean 'colours' (known: "),
        ("width: 25", "'width' of panel 'A' is '25', a whole number from 1 to 24 was wanted"),
        ("min: low", "'min' of panel 'A' is 'low', a number was wanted"),
        ("change: maybe", "'change' of panel 'A' is 'maybe', true or false was wanted"),
        ("style: line", "'style' of panel 'A' is 'line'; did you mean 'lines' (known: lines, bars, points)"),
        ("calc: median", "'calc' of panel 'A' is 'median' (known: first, last, max, mean, min, range, sum)"),
        ("interval: soon", "'interval' of panel 'A' is 'soon', a duration such as 5m was wanted"),
        ("thresholds: { 1: red }", "'thresholds' of panel 'A' have no 'base', the colour below all others"),
        (
            "thresholds: { base: gren }",
            "threshold 'base' of panel 'A' is 'gren'; did you mean 'green' (known: green, amber, red, grey, "
                + "blue, purple, yellow, text)"
        ),
        ("link: owm", "panel 'A' points to board 'owm', which no pack in force has; did you mean 'own'"),
        ("objective: x", "panel 'A' asks for objective 'x', which no pack in force has"),
        ("columns: [a]", "panel 'A' has 'columns', which only table and barchart show"),
        ("queries: []", "panel 'A' needs one of 'expr' and 'queries'"),
    ])
    func `a wrong key of a panel is named with its line`(keys: String, message: String) {
        let problems = Self.problems(keys: keys)
        #expect(problems.contains { $0.hasPrefix("my.yaml:3: \(message)") }, "\(problems)")
    }

    @Test func `what a panel lacks is named all at once`() {
        #expect(
            Self.problems(panel: "{ width: 3 }") == [
                "my.yaml:3: a panel has no 'panel': its title",
                "my.yaml:3: panel '' has no 'kind'",
                "my.yaml:3: panel '' has no 'text': what it shows, how it is aggregated, what is good, what to do",
                "my.yaml:3: panel '' has no 'unit': none, s, currencyUSD, …",
                "my.yaml:3: panel '' needs one of 'expr' and 'queries'",
            ])
    }

    @Test func `an alert without its runbook is not one`() {
        let text = """
            pack: mine
            alerts:
              - { alert: low, expr: x < $objective(lov), for: 5, severity: P4, audience: qa, summary: s, board: b }
            objectives: { low: { target: 1, description: d } }
            """
        #expect(
            Self.problems(text) == [
                "my.yaml:3: 'for' of alert 'low' is '5', a duration such as 5m was wanted",
                "my.yaml:3: 'severity' of alert 'low' is 'P4'; did you mean 'P0' (known: P0, P1, P2, P3, heartbeat)",
                "my.yaml:3: alert 'low' asks for objective 'lov', which no pack in force has; did you mean 'low'",
                "my.yaml:3: alert 'low' has no 'action': what to do first",
                "my.yaml:3: alert 'low' has no 'description': the value, the threshold, whose it is",
                "my.yaml:3: alert 'low' has no 'impact': what happens if nobody does anything",
                "my.yaml:3: alert 'low' has no 'runbook': meaning, checks and actions",
                "my.yaml:3: alert 'low' is no name in CamelCase",
                "my.yaml:3: alert 'low' points to board 'b', which no pack in force has",
            ])
    }

    @Test(arguments: [
        ("{ target: 1 }", "my.yaml:2: objective 'o' has no 'description': what does it promise"),
        ("{ description: d }", "my.yaml:2: objective 'o' has no 'target'"),
        ("{ description: d, comparison: between, min: 1 }", "my.yaml:2: objective 'o' has no 'max'"),
        (
            "{ description: d, target: 1, red: 2 }",
            "my.yaml:2: objective 'o' has target 1.0, amber 1.0, red 2.0; wanted them falling, as it is at_least"
        ),
        (
            "{ description: d, target: 0.9, events: { bad: 'a[$window]', total: b } }",
            "my.yaml:2: 'events' of objective 'o' has an expression without '[$window]'"
        ),
        (
            "{ description: d, target: 0.9, events: { total: 'b[$window]' } }",
            "my.yaml:2: 'events' of objective 'o' needs one of 'bad' and 'good'"
        ),
    ])
    func `a wrong objective is named`(objective: String, problem: String) {
        #expect(Self.problems("pack: mine\nobjectives: { o: \(objective) }") == [problem])
    }

    @Test(arguments: [
        ("x{a=\"b\"} * $scope", "has '$scope' outside of the braces of a selector"),
        ("$objective(o", "has an '$objective' that is not '$objective(NAME)'"),
        ("$objective(o, stretch)", "asks for 'stretch' of objective 'o', which has none"),
    ])
    func `a name that cannot be filled in is named`(expression: String, message: String) {
        let text = """
            pack: mine
            objectives: { o: { target: 1, description: d } }
            rules: [{ record: "a:b", expr: '\(expression)' }]
            """
        #expect(Self.problems(text) == ["my.yaml:3: rule 'a:b' \(message)"])
    }

    @Test(arguments: [
        ("p", "target", "spanmeter.yaml:4: no pack in force has the objective 'p'; did you mean 'o'"),
        (
            "o", "tarqet",
            "spanmeter.yaml:4: objective 'o' has no 'tarqet'; did you mean 'target' "
                + "(known: target, amber, red, min, max, stretch)"
        ),
    ])
    func `a target for nobody is named with its place`(objective: String, bound: String, problem: String) {
        let place = PackPlace(file: "spanmeter.yaml", line: 4)
        let target = ObjectiveTarget(objective: objective, bound: bound, value: 2, place: place)
        let text = "pack: mine\nobjectives: { o: { target: 1, description: d } }"
        #expect(Self.problems(text, targets: [target]) == [problem])
    }

    @Test func `two packs cannot say the same thing twice`() {
        let text = """
            objectives: { o: { target: 1, description: d } }
            rules: [{ record: "a:b", expr: x }]
            boards: { own: { title: Own, folder: qa, text: Mine., services: x_total } }
            """
        let sources = ["one", "two"].map { PackSource(file: "\($0).yaml", text: "pack: \($0)\n\(text)") }
        let error = #expect(throws: PackProblems.self) { try PackSet(sources: sources) }
        #expect(
            error?.problems.map(\.description) == [
                "two.yaml:2: objective 'o' is in one.yaml already",
                "two.yaml:3: rule 'a:b' is in one.yaml:3 already",
                "two.yaml:4: board 'own' has its title in one.yaml:4 already",
            ])
    }

    @Test func `rows for a board without a title are named`() {
        let text = "pack: mine\nboards: { ovn: { rows: [] } }"
        #expect(Self.problems(text) == ["my.yaml:2: no pack in force gives board 'ovn' a title"])
    }

    @Test func `what others build on cannot be disabled`() {
        let error = #expect(throws: PackProblems.self) {
            try PackSet(sources: PackSource.builtIn, disabled: ["spanmeter"])
        }
        #expect(
            error?.problems.map(\.description)
                == ["configuration: pack 'spanmeter' cannot be disabled: others build on it"])
    }

    @Test func `built-in packs load in every selection`() throws {
        for name in PackSource.builtIn.map(\.file) {
            let pack = name.dropFirst("built-in/".count).dropLast(".yaml".count)
            _ = try PackSet(sources: PackSource.builtIn, enabled: [String(pack)])
            guard pack != "spanmeter" else { continue }
            _ = try PackSet(sources: PackSource.builtIn, disabled: [String(pack)])
        }
    }
}
