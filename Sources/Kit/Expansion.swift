import Packs

/// Fills in what packs leave open in their expressions.
struct Expansion {
    private let catalog: KitCatalog
    /// What `$scope` stands for: matchers, or nothing.
    private let scope: String

    /// For rules and alerts.
    init(_ catalog: KitCatalog, scope: String) {
        self.catalog = catalog
        self.scope = scope
    }

    /// For panels: the variables that each board has.
    init(_ catalog: KitCatalog) {
        self.init(catalog, scope: #"environment=~"$environment",service=~"$service""#)
    }

    /// The expression with everything filled in.
    func expression(_ template: String, window: String? = nil) -> String {
        var text = template
        if let window { text = text.replacing("$window", with: window) }
        text = text.replacing(ExpressionTemplate.objective) { match in
            objective(
                String(match.output.1),
                match.output.2.flatMap { Objective.Bound(rawValue: String($0)) } ?? .target)
        }
        return scoped(text.replacing(ExpressionTemplate.total, with: Self.total))
    }

    /// By how much a counter rose, without a guess: what `increase` makes of it only where it fell meanwhile.
    ///
    /// The difference of its ends is exact for runs that are shorter than a scrape interval, for targets that
    /// have gone and over restarts, as counters begin at a scraped 0 and go on where they were. A counter falls
    /// where it came back after a day without a change, or where the data directory was lost.
    private static func total(_ match: Regex<(Substring, Substring, Substring)>.Match) -> String {
        let range = "\(match.output.1)[\(match.output.2)]"
        return "(max_over_time(\(range)) - min_over_time(\(range)) "
            + "unless resets(\(range)) > 0 or increase(\(range)))"
    }

    /// The bound as a number to compare with.
    func objective(_ name: String, _ bound: Objective.Bound) -> String { "scalar(\(series(name, bound)))" }

    /// The bound as a series to show: as the sidecar has it, or, where none is scraped, as it was when this was
    /// generated.
    func series(_ name: String, _ bound: Objective.Bound) -> String {
        let series = #"max(spanmeter_objective{name="\#(name)",bound="\#(bound.rawValue)"})"#
        return number(name, bound).map { "\(series) or vector(\($0.plain))" } ?? series
    }

    /// The bound as it is configured.
    func number(_ objective: String, _ bound: Objective.Bound) -> Double? {
        catalog.objective(objective)?.bounds[bound]
    }

    /// As Grafana names it.
    func unit(_ objective: String) -> String? { catalog.objective(objective)?.unit }

    /// With an empty scope its comma goes, and braces that are empty then.
    private func scoped(_ text: String) -> String {
        guard scope.isEmpty else { return text.replacing("$scope", with: scope) }
        return
            text
            .replacing(/\$scope\s*,\s*/, with: "")
            .replacing(/\s*,\s*\$scope/, with: "")
            .replacing(/(\w)\{\s*\$scope\s*\}/) { String($0.output.1) }
            .replacing("$scope", with: "")
    }
}
