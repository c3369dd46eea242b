/// What an instrument does with the amounts it is given.
package enum InstrumentKind: Hashable, Sendable {
    /// Adds the amount; exposed as a counter.
    case counter
    /// Counts the amount into a bucket and adds it to the sum.
    case histogram(BucketLayout)
    /// Is 1 as soon as the series exists; exposed as a gauge.
    case info
    /// Shows what it was told last; never staged.
    case gauge
    /// Adds the amount, which may be negative, and is not exposed: what is made of its days is. Its series are kept for
    /// `daysKept` after their last change.
    case daily

    /// More than the longest two months.
    package static let daysKept = 63
}

/// One instrument of a series table: where its samples are exposed.
package struct Instrument: Hashable, Sendable {
    /// The name of its family.
    package let metric: MetricName
    package let kind: InstrumentKind
    /// A label that tells instruments of one family apart in the same table, `direction="input"`.
    package let fixedLabel: FixedLabel?

    package init(metric: MetricName, kind: InstrumentKind, fixedLabel: FixedLabel? = nil) {
        self.metric = metric
        self.kind = kind
        self.fixedLabel = fixedLabel
    }
}

/// A label whose value the pack spells out.
package struct FixedLabel: Hashable, Sendable {
    package let name: LabelName
    package let value: String

    package init(name: LabelName, value: String) {
        self.name = name
        self.value = value
    }
}

/// The series that share label names and instruments: one or more meters fill it.
package struct SeriesTableLayout: Hashable, Sendable {
    /// `pack/meter` of the meter that declared it first; the value of label `meter` of our own metrics.
    package let name: String
    /// In the order of the pack; `service` and `environment` come first.
    package let labels: [LabelName]
    /// How many values a label may have here; nil means the configured default.
    package let valueLimits: [Int?]
    /// At most `instrumentCountMax`.
    package let instruments: [Instrument]

    /// A row marks the instruments it has touched in 32 bits.
    package static let instrumentCountMax = 32

    /// Whether nobody is shown its series.
    package var isHidden: Bool { instruments.contains { $0.kind == .daily } }

    /// How many leading labels the reserved overflow series keeps: `service` and `environment`.
    package static let identityLabelCount = 2

    package init(name: String, labels: [LabelName], valueLimits: [Int?], instruments: [Instrument]) {
        self.name = name
        self.labels = labels
        self.valueLimits = valueLimits
        self.instruments = instruments
    }
}

/// A metric as it is exposed: one name, type and help text.
package struct MetricFamily: Hashable, Sendable {
    /// The exposed type in Prometheus' words.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    package let name: MetricName
    package let kind: Kind
    package let help: String
    /// Where its samples are: table and instrument numbers, in the order of the catalog.
    package let sources: [Source]

    /// One instrument of one table.
    package struct Source: Hashable, Sendable {
        package let table: Int
        package let instrument: Int

        package init(table: Int, instrument: Int) {
            self.table = table
            self.instrument = instrument
        }
    }

    package init(name: MetricName, kind: Kind, help: String, sources: [Source]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.sources = sources
    }
}

/// Everything that can be derived and exposed with the packs in force; fixed for the life of the process.
package struct MetricCatalog: Sendable {
    package let tables: [SeriesTableLayout]
    /// Sorted by name.
    package let families: [MetricFamily]

    package init(tables: [SeriesTableLayout], families: [MetricFamily]) {
        self.tables = tables
        self.families = families.sorted { $0.name < $1.name }
    }
}
