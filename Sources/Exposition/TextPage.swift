package import MetricModel

/// What is the same in all pages of one text format.
package struct TextPage: Sendable {
    private enum Style {
        case prometheus
        case openMetrics(createdLines: Bool)
    }

    private let style: Style
    /// The comments before a family's samples, by family.
    package let heads: [[UInt8]]
    /// By family and source.
    package let renderers: [[SeriesRenderer]]

    /// Pages of the text format 0.0.4.
    package init(prometheus catalog: MetricCatalog) {
        style = .prometheus
        heads = catalog.families.map { family in
            var head: [UInt8] = []
            TextFormat.appendHead(
                name: family.name.text, kind: family.kind, help: family.help, to: &head)
            return head
        }
        renderers = catalog.families.map { family in
            family.sources.map { SeriesRenderer(catalog.tables[$0.table].instruments[$0.instrument]) }
        }
    }

    /// Pages of OpenMetrics.
    ///
    /// - Parameter taken: names of families that the page has from elsewhere.
    package init(openMetrics catalog: MetricCatalog, createdLines: Bool, taken: Set<String> = []) {
        style = .openMetrics(createdLines: createdLines)
        let described = OpenMetricsFamily.families(of: catalog, taken: taken)
        heads = zip(catalog.families, described).map { family, described in
            var head: [UInt8] = []
            OpenMetrics.appendHead(described, help: family.help, to: &head)
            return head
        }
        renderers = zip(catalog.families, described).map { family, described in
            family.sources.map { source in
                SeriesRenderer(
                    catalog.tables[source.table].instruments[source.instrument], openMetrics: described,
                    createdLines: createdLines)
            }
        }
    }

    /// The end of a page: families of our own, and what closes it.
    package func ending(_ own: [PlainFamily]) -> [UInt8] {
        var bytes: [UInt8] = []
        switch style {
        case .prometheus: for family in own { TextFormat.append(family, to: &bytes) }
        case .openMetrics(let createdLines):
            for family in own { OpenMetrics.append(family, createdLines: createdLines, to: &bytes) }
            bytes += OpenMetrics.ending
        }
        return bytes
    }
}
