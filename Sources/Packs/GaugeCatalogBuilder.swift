import MetricModel

/// Makes tables and families of the gauges of all packs.
struct GaugeCatalogBuilder {
    /// The metrics of other kinds and gauges, with their meters.
    private var taken: [MetricName: String]
    private var layouts: [SeriesTableLayout] = []
    private var families: [MetricFamily] = []
    private var tables: [GaugeCatalog.Table] = []
    private(set) var problems: [PackProblem] = []

    init(taken: [MetricName: String]) { self.taken = taken }

    mutating func add(_ meter: GaugeMeter, file: String) {
        let number = layouts.count
        var sources: [MetricName: [MetricFamily.Source]] = [:]
        for (instrument, gauge) in meter.gauges.enumerated() {
            sources[gauge.instrument.metric, default: []].append(
                MetricFamily.Source(table: number, instrument: instrument))
        }
        for (metric, sources) in sources.sorted(by: { $0.key < $1.key }) {
            if let other = taken[metric] {
                problems.append(
                    PackProblem(
                        file: file, line: 0,
                        message: "metric '\(metric)' of meter '\(meter.name)' is in '\(other)' already"))
            }
            taken[metric] = meter.name
            let help = meter.gauges.first { $0.instrument.metric == metric }?.help ?? ""
            families.append(MetricFamily(name: metric, kind: .gauge, help: help, sources: sources))
        }
        layouts.append(
            SeriesTableLayout(
                name: meter.name, labels: meter.labels.map(\.name),
                valueLimits: meter.labels.map { _ in nil }, instruments: meter.gauges.map(\.instrument)))
        tables.append(
            GaugeCatalog.Table(
                subject: meter.subject, columns: meter.labels.map(\.column),
                figures: meter.gauges.map(\.figure)))
    }

    var catalog: GaugeCatalog {
        GaugeCatalog(catalog: MetricCatalog(tables: layouts, families: families), tables: tables)
    }
}
