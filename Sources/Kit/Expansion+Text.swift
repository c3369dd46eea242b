import Packs

extension Expansion {
    /// The text of an alert: `$objective(NAME)` becomes a question that Prometheus answers when it fires.
    func text(_ template: String) -> String {
        template.replacing(ExpressionTemplate.objective) { match in
            let name = String(match.output.1)
            let bound = match.output.2.flatMap { Objective.Bound(rawValue: String($0)) } ?? .target
            let series = "max(spanmeter_objective{name='\(name)',bound='\(bound.rawValue)'})"
            let number = number(name, bound).map { " or vector(\($0.plain))" } ?? ""
            return "{{ range query \"\(series)\(number)\" }}{{ . | value | \(form(name)) }}{{ end }}"
        }
    }

    /// How a template writes a number of the objective's unit.
    private func form(_ name: String) -> String {
        switch unit(name) {
        case "percentunit": "humanizePercentage"
        case "s": "humanizeDuration"
        default: "humanize"
        }
    }
}
