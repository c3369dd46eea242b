import Synchronization

/// Gauges whose rows somebody else makes: what was published last is what is shown.
///
/// A scrape costs a copy of it. One lock guards everything; it is held for one table's rows or one chunk.
package final class GaugeBoard: SampleStore {
    package let catalog: MetricCatalog
    private let tables: Mutex<[Table]>

    private struct Table: Sendable {
        var rows = GaugeRows()
        /// Changes with the rows' labels.
        var generation: UInt64 = 0
        /// The identity of the first row; those behind it follow.
        var firstIdentity: UInt32 = 1
    }

    /// - Parameter catalog: gauges only.
    package init(catalog: MetricCatalog) {
        self.catalog = catalog
        tables = Mutex([Table](repeating: Table(), count: catalog.tables.count))
    }

    /// Shows `rows` from now on: their labels in the order of the table's, their values in that of its
    /// instruments. Labels that are all as before are not rendered anew.
    package func publish(table: Int, _ rows: GaugeRows) {
        let layout = catalog.tables[table]
        precondition(
            rows.labels.count == rows.values.count
                && rows.labels.allSatisfy { $0.count == layout.labels.count }
                && rows.values.allSatisfy { $0.count == layout.instruments.count },
            "each row has the table's labels and values")
        tables.withLock { tables in
            if tables[table].rows.labels != rows.labels {
                tables[table].generation += 1
                let next = tables[table].firstIdentity &+ UInt32(tables[table].rows.labels.count)
                // 0 means nobody, so numbers begin again well before they would meet it.
                tables[table].firstIdentity = next < .max / 2 ? next : 1
            }
            tables[table].rows = rows
        }
    }

    /// How many series each table shows.
    package func seriesCounts() -> [Int] { tables.withLock { $0.map(\.rows.labels.count) } }

    package func extent(ofTable table: Int) -> (endNumber: Int, labelGeneration: UInt64) {
        tables.withLock { ($0[table].rows.labels.count, $0[table].generation) }
    }

    package func labels(table: Int, _ range: Range<Int>) -> LabelChunk {
        tables.withLock { tables in
            var chunk = LabelChunk()
            for row in range {
                // Rows may have become fewer since the caller asked how many there are.
                let isThere = row < tables[table].rows.labels.count
                for column in catalog.tables[table].labels.indices {
                    if isThere { chunk.bytes += tables[table].rows.labels[row][column].utf8 }
                    chunk.ends.append(UInt32(chunk.bytes.count))
                }
                chunk.isOverflow.append(false)
                chunk.identities.append(isThere ? tables[table].firstIdentity &+ UInt32(row) : 0)
            }
            return chunk
        }
    }

    package func values(
        _ source: MetricFamily.Source, series: ArraySlice<UInt32>, identities: [UInt32],
        into chunk: inout ValueChunk
    ) {
        chunk.removeAll()
        tables.withLock { tables in
            let first = tables[source.table].firstIdentity
            for number in series {
                let row = Int(number)
                let isSame =
                    row < tables[source.table].rows.values.count
                    && identities[row] == first &+ UInt32(row)
                let value = isSame ? tables[source.table].rows.values[row][source.instrument] : nil
                chunk.isPresent.append(value != nil)
                chunk.amounts.append(value ?? 0)
                chunk.created.append(0)
            }
        }
    }
}
