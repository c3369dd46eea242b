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
        expanded(template, window: window).text
    }

    /// The expression with everything filled in, and where it was.
    ///
    /// - Parameter values: further names, of a dashboard's variables, with what to take for them.
    func expanded(
        _ template: String, window: String? = nil, values: [String: String] = [:]
    ) -> ExpandedText {
        // Whole: what stands inside of it comes again and again.
        var replacements = template.matches(of: ExpressionTemplate.total).map { match in
            let range = expanded(
                "\(match.output.1)[\(match.output.2)]", window: window, values: values
            ).text
            return (match.range, Self.total(range))
        }
        replacements += template.matches(of: ExpressionTemplate.objective).map { match in
            let bound = match.output.2.flatMap { Objective.Bound(rawValue: String($0)) } ?? .target
            return (match.range, objective(String(match.output.1), bound))
        }
        if let window { replacements += template.ranges(of: "$window").map { ($0, window) } }
        for (name, value) in values {
            replacements += template.ranges(of: "${\(name)}").map { ($0, value) }
            replacements += template.ranges(of: "$\(name)").filter { range in
                template[range.upperBound...].first.map { !$0.isLetter && !$0.isNumber && $0 != "_" } ?? true
            }.map { ($0, value) }
        }
        replacements += scopes(template)
        var kept: [(Range<String.Index>, String)] = []
        for replacement in replacements.sorted(by: { $0.0.lowerBound < $1.0.lowerBound })
        where replacement.0.lowerBound >= kept.last?.0.upperBound ?? template.startIndex {
            kept.append(replacement)
        }
        return ExpandedText(template, replacing: kept)
    }

    /// By how much a counter rose, without a guess: what `increase` makes of it only where it fell meanwhile.
    ///
    /// The difference of its ends is exact for runs that are shorter than a scrape interval, for targets that
    /// have gone and over restarts, as counters begin at a scraped 0 and go on where they were. A counter falls
    /// where it came back after a day without a change, or where the data directory was lost.
    private static func total(_ range: String) -> String {
        "(max_over_time(\(range)) - min_over_time(\(range)) unless resets(\(range)) > 0 or increase(\(range)))"
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
    private func scopes(_ template: String) -> [(Range<String.Index>, String)] {
        guard scope.isEmpty else { return template.ranges(of: "$scope").map { ($0, scope) } }
        let pattern = /(\w)\{\s*\$scope\s*\}|\$scope\s*,\s*|\s*,\s*\$scope|\$scope/
        return template.matches(of: pattern).map { ($0.range, $0.output.1.map(String.init) ?? "") }
    }
}
