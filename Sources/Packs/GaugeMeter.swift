package import MetricModel

/// Figures of the ledger and the gauges that show them.
package struct GaugeMeter: Sendable {
    /// `pack/meter`, unique over all packs.
    package let name: String
    package let subject: LedgerSubject
    /// `service` and `environment` first.
    package let labels: [Label]
    package let gauges: [Gauge]

    package init(name: String, subject: LedgerSubject, labels: [Label], gauges: [Gauge]) {
        self.name = name
        self.subject = subject
        self.labels = labels
        self.gauges = gauges
    }

    /// A label, and which of the values of a row of `GaugeRows` it has.
    package struct Label: Sendable, Equatable {
        package let name: LabelName
        package let column: Int

        package init(name: LabelName, column: Int) {
            self.name = name
            self.column = column
        }
    }

    /// One gauge and the ledger's name of its figure.
    package struct Gauge: Sendable {
        package let instrument: Instrument
        package let help: String
        package let figure: String

        package init(instrument: Instrument, help: String, figure: String) {
            self.instrument = instrument
            self.help = help
            self.figure = figure
        }
    }
}

/// All gauges of the ledger that the packs in force show.
package struct GaugeCatalog: Sendable {
    package let catalog: MetricCatalog
    /// For each table of the catalog what fills it.
    package let tables: [Table]

    package init(catalog: MetricCatalog, tables: [Table]) {
        self.catalog = catalog
        self.tables = tables
    }

    /// What a table shows.
    package struct Table: Sendable, Equatable {
        package let subject: LedgerSubject
        /// For each of its labels the place of its value among a row's.
        package let columns: [Int]
        /// For each of its instruments the figure.
        package let figures: [String]

        package init(subject: LedgerSubject, columns: [Int], figures: [String]) {
            self.subject = subject
            self.columns = columns
            self.figures = figures
        }
    }
}
