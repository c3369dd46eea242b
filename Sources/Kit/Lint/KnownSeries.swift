import Configuration
import MetricModel
import Packs
import PromQL

/// Every series that can be asked for, with its type and labels.
///
/// These are what packs derive and show of the ledger, what spanmeter says of itself, what rules record, what
/// Prometheus makes, and what packs name as `external`. Packs that are not in force count: what asks for their
/// series is empty and no mistake.
struct KnownSeries: Sendable {
    enum Kind: Sendable, Equatable {
        /// Only grows: a counter, or the count or sum of a histogram.
        case counter
        case gauge
        /// The buckets of a histogram, which only grow.
        case buckets
        case recorded
        /// From elsewhere: nobody here knows.
        case foreign

        var isCumulative: Bool { self == .counter || self == .buckets }
    }

    /// What is known of the series of one name.
    struct Series: Sendable, Equatable {
        let kind: Kind
        /// All that they can have, `__name__` apart; nil where nobody knows.
        var labels: Set<String>?
        /// Whether all of them have the same; not so where several rules record different ones under one name.
        var isUniform = true
        /// Whether packs derive them, and not the sidecar, a rule or somebody else.
        var isDerived = false
        /// Recorded as a share of something.
        var isRatio = false
    }

    /// What Prometheus puts on whatever it scrapes.
    static let targetLabels: Set<String> = ["job", "instance"]

    private var series: [String: Series] = [:]

    subscript(name: String) -> Series? { series[name] }

    var names: some Collection<String> { series.keys }

    /// The labels of a metric; nil where they are not known.
    func labels(_ metric: String) -> Set<String>? { series[metric]?.labels }

    /// The labels that are known to be on every series of a metric, or to be left out where a value is missing.
    func resultLabels(_ metric: String) -> Set<String>? {
        guard let known = series[metric], known.isUniform else { return nil }
        return known.labels
    }

    /// The labels that the result can have; nil where they are not known.
    func labels(of expression: PromQLExpression) -> Set<String>? {
        guard case .known(let labels) = expression.resultLabels(metricLabels: { resultLabels($0) }) else {
            return nil
        }
        return labels
    }

    /// What is known of the one metric that the selector certainly asks for.
    func series(of selector: VectorSelector) -> Series? { selector.metric.flatMap { series[$0] } }

    init(_ packs: PackSet, _ settings: Settings.Kit) {
        addPrometheus()
        for metric in OwnMetric.all { add(metric.name, metric.kind, Set(metric.labels), isDerived: false) }
        for pack in packs.packs + packs.dormant { addSamples(of: pack) }
        for (name, labels) in packs.kit.external {
            series[name, default: Series(kind: .foreign, labels: Self.targetLabels)].labels?.formUnion(labels)
        }
        let groups = RuleGroups(packs.kit, settings)
        var rules = groups.recording.flatMap(\.rules)
        let expansion = Expansion(packs.kit, scope: settings.scope)
        for rule in packs.dormant.flatMap(\.kit.rules) {
            rules.append(
                Rule(
                    name: rule.record, isAlert: false, expression: expansion.expression(rule.expression),
                    labels: rule.labels.map { ($0.key, $0.value) }))
        }
        addRecorded(rules)
        addAlerts(groups.alerting.flatMap(\.rules))
    }

    // MARK: - Sources

    /// What Prometheus makes itself; which labels targets have is the user's choice.
    private mutating func addPrometheus() {
        let names = [
            "up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_series_added",
            "scrape_samples_post_metric_relabeling", "scrape_timeout_seconds", "scrape_body_size_bytes",
            "scrape_sample_limit",
        ]
        for name in names { series[name] = Series(kind: .gauge) }
    }

    private mutating func addSamples(of pack: Pack) {
        for meter in pack.meters {
            let labels = Set(meter.labels.map(\.name.text))
            for instrument in meter.instruments.map(\.instrument) {
                let fixed = instrument.fixedLabel.map { [$0.name.text] } ?? []
                let kind: MetricFamily.Kind =
                    switch instrument.kind {
                    case .counter, .daily: .counter
                    case .histogram: .histogram
                    case .info, .gauge: .gauge
                    }
                add(instrument.metric.text, kind, labels.union(fixed), isDerived: true)
            }
        }
        for meter in pack.gauges {
            let labels = Set(meter.labels.map(\.name.text))
            for gauge in meter.gauges.map(\.instrument) {
                let fixed = gauge.fixedLabel.map { [$0.name.text] } ?? []
                add(gauge.metric.text, .gauge, labels.union(fixed), isDerived: true)
            }
        }
    }

    private mutating func add(
        _ name: String, _ kind: MetricFamily.Kind, _ labels: Set<String>, isDerived: Bool
    ) {
        let labels = labels.union(Self.targetLabels)
        func merge(_ name: String, _ kind: Kind, _ labels: Set<String>) {
            let known = series[name]?.labels ?? []
            series[name] = Series(kind: kind, labels: labels.union(known), isDerived: isDerived)
        }
        switch kind {
        case .counter: merge(name, .counter, labels)
        case .gauge: merge(name, .gauge, labels)
        case .histogram:
            merge(name + "_bucket", .buckets, labels.union(["le"]))
            merge(name + "_sum", .counter, labels)
            merge(name + "_count", .counter, labels)
        }
    }

    private mutating func addRecorded(_ rules: [Rule]) {
        let parsed = rules.compactMap { rule in
            (try? PromQLParser.parse(rule.expression, as: .prometheus2)).map { (rule, $0) }
        }
        for rule in rules where series[rule.name] == nil { series[rule.name] = Series(kind: .recorded) }
        // A rule may read what others record: again until nothing is new, at most once for each rule.
        for _ in 0...parsed.count {
            var isChanged = false
            for name in Set(parsed.map(\.0.name)) where series[name]?.kind == .recorded {
                let own = parsed.filter { $0.0.name == name }
                let sets = own.map { rule, tree in
                    self.labels(of: tree)?.union(rule.labels.map(\.name))
                }
                var labels: Set<String>? = []
                for set in sets { labels = set.flatMap { labels?.union($0) } }
                let new = Series(
                    kind: .recorded, labels: labels, isUniform: Set(sets).count == 1,
                    isRatio: own.contains { isRatio($0.1) })
                isChanged = isChanged || series[name] != new
                series[name] = new
            }
            guard isChanged else { break }
        }
    }

    private mutating func addAlerts(_ alerts: [Rule]) {
        var labels: Set<String>? = ["alertname", "severity", "audience", "team"]
        for alert in alerts {
            let tree = try? PromQLParser.parse(alert.expression, as: .prometheus2)
            guard let result = tree.flatMap({ self.labels(of: $0) }) else {
                labels = nil
                break
            }
            labels?.formUnion(result.union(alert.labels.map(\.name)))
        }
        // What comes from elsewhere as well is as good as unknown.
        let external = series["ALERTS"]?.labels ?? []
        series["ALERTS"] = Series(
            kind: .gauge, labels: labels?.union(external).union(["alertstate"]), isUniform: false)
        series["ALERTS_FOR_STATE"] = Series(kind: .gauge, labels: labels?.union(external), isUniform: false)
    }
}
