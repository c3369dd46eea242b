import Packs

/// Who fills in the texts of an alert when it fires.
enum TextReader {
    case prometheus
    /// Its templates cannot ask Prometheus, and call the value differently.
    case grafana
}

extension Expansion {
    /// The text of an alert: `$objective(NAME)` becomes a question that Prometheus answers when it fires; for Grafana
    /// it is the number that is known now.
    func text(_ template: String, for reader: TextReader) -> String {
        guard reader == .prometheus else { return grafanaText(template) }
        return template.replacing(ExpressionTemplate.objective) { match in
            let (name, bound) = objective(match.output)
            let series = "max(spanmeter_objective{name='\(name)',bound='\(bound.rawValue)'})"
            let number = number(name, bound).map { " or vector(\($0.plain))" } ?? ""
            return "{{ range query \"\(series)\(number)\" }}{{ . | value | \(form(name)) }}{{ end }}"
        }
    }

    private func grafanaText(_ template: String) -> String {
        template.replacing(ExpressionTemplate.objective) { match in
            let (name, bound) = objective(match.output)
            return number(name, bound).map { "{{ \($0.plain) | \(form(name)) }}" } ?? "the objective \(name)"
        }
        .replacing(/\$value\b/, with: "$values.A.Value")
    }

    private func objective(_ words: (Substring, Substring, Substring?)) -> (String, Objective.Bound) {
        (String(words.1), words.2.flatMap { Objective.Bound(rawValue: String($0)) } ?? .target)
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
