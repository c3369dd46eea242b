package import MetricModel

/// One pack as it is in force: names resolved, options applied, everything checked.
package struct Pack: Sendable {
    package let name: String
    package let title: String
    /// The common fields, then the pack's own; `Expression.field` counts from 0.
    package let fields: [Field]
    /// How spans concern each other; see `Expression.relation`.
    package let relations: [RelationDescription]
    package let meters: [Meter]
    package let folds: [FoldDescription]
    /// What it shows of the ledger's figures.
    package let gauges: [GaugeMeter]
    /// What it declares for people: objectives, rules, alerts, boards.
    package let kit: KitDescription

    package init(
        name: String, title: String, fields: [Field], relations: [RelationDescription] = [], meters: [Meter],
        folds: [FoldDescription] = [],
        gauges: [GaugeMeter] = [], kit: KitDescription = KitDescription()
    ) {
        self.name = name
        self.title = title
        self.fields = fields
        self.relations = relations
        self.meters = meters
        self.folds = folds
        self.gauges = gauges
        self.kit = kit
    }
}

/// A named expression of a pack's vocabulary.
package struct Field: Sendable, Equatable {
    package let name: String
    package let expression: Expression

    package init(name: String, expression: Expression) {
        self.name = name
        self.expression = expression
    }
}

/// Which spans, or which results of folds, are counted, under which labels, by which instruments.
package struct Meter: Sendable {
    /// `pack/meter`, unique over all packs.
    package let name: String
    package let source: MeterSource
    package let selector: Expression
    /// Events of a span that are counted one by one; nil where the span itself is.
    package let each: TextPattern?
    /// `service` and `environment` first.
    package let labels: [MeterLabel]
    package let instruments: [MeterInstrument]

    package init(
        name: String, source: MeterSource = .spans, selector: Expression, each: TextPattern? = nil,
        labels: [MeterLabel],
        instruments: [MeterInstrument]
    ) {
        self.name = name
        self.source = source
        self.selector = selector
        self.each = each
        self.labels = labels
        self.instruments = instruments
    }
}

/// A label and where its value comes from.
package struct MeterLabel: Sendable {
    package let name: LabelName
    package let value: Expression
    /// How many values it may have; nil means the configured default.
    package let valueLimit: Int?

    package init(name: LabelName, value: Expression, valueLimit: Int? = nil) {
        self.name = name
        self.value = value
        self.valueLimit = valueLimit
    }
}

/// An instrument and where its amounts come from.
package struct MeterInstrument: Sendable {
    package let instrument: Instrument
    package let help: String
    package let amount: Expression

    package init(instrument: Instrument, help: String, amount: Expression) {
        self.instrument = instrument
        self.help = help
        self.amount = amount
    }
}
