package import Bytes
package import MetricModel
import Synchronization

/// All series derived from spans, bounded by `SeriesLimits`.
///
/// One lock guards everything; it is held for the application of one batch or the copy of one chunk, never
/// across I/O.
package final class Registry: Sendable {
    package let catalog: MetricCatalog
    package let limits: SeriesLimits
    private let state: Mutex<State>

    /// - Parameters:
    ///   - catalog: the tables that batches refer to.
    ///   - hash: the hash that the batches' values were made with.
    package init(catalog: MetricCatalog, limits: SeriesLimits, hash: ByteHash) {
        self.catalog = catalog
        self.limits = limits
        state = Mutex(State(catalog: catalog, limits: limits, hash: hash))
    }

    /// Adds everything a batch holds, all or nothing. No value is lost: what finds no series of its own goes
    /// into an overflow series.
    ///
    /// Rows whose series is known are added at once; `batch` remembers what is found for the others.
    ///
    /// Complexity: O(active rows of the batch).
    package func apply(_ batch: inout StagedBatch) {
        state.withLock { $0.apply(&batch) }
    }

    /// How many series each table has.
    package func seriesCounts() -> [Int] {
        state.withLock { state in state.tables.map(\.count) }
    }

    /// Appends the label values of series `range` of `table`. Callers keep ranges to about a thousand, so
    /// that the lock is held for less than a millisecond.
    package func labels(table: Int, _ range: Range<Int>) -> LabelChunk {
        state.withLock { state in
            var chunk = LabelChunk()
            for series in range {
                for column in 0..<state.tables[table].keyWidth {
                    state.values.append(state.tables[table].value(series, column), to: &chunk.bytes)
                    chunk.ends.append(UInt32(chunk.bytes.count))
                }
                chunk.isOverflow.append(state.tables[table].roles[series] != .plain)
            }
            return chunk
        }
    }

    /// Copies the samples of `series` for one instrument into `chunk`; each series is consistent in itself.
    package func values(
        _ source: MetricFamily.Source, series: ArraySlice<UInt32>, into chunk: inout ValueChunk
    ) {
        chunk.removeAll()
        state.withLock { state in state.tables[source.table].copy(source.instrument, series, into: &chunk) }
    }

    /// Figures about the registry itself.
    package func statistics() -> RegistryStatistics {
        state.withLock { $0.statistics }
    }
}

/// What the registry says of itself.
package struct RegistryStatistics: Sendable {
    /// One table's share.
    package struct Table: Sendable {
        package let seriesCount: Int
        /// Spans that were folded into overflow series.
        package let overflowCount: UInt64
        /// For each label: how many distinct values were asked for; exact until the first refusal.
        package let valueDemand: [Double]
    }

    package let tables: [Table]
}

extension SeriesTable {
    /// Copies samples; an info is 1 as soon as it was touched.
    fileprivate func copy(_ instrument: Int, _ series: ArraySlice<UInt32>, into chunk: inout ValueChunk) {
        let bit = UInt32(1) &<< UInt32(instrument)
        let cellCount = layout.instruments[instrument].cellCount
        let isInfo = layout.instruments[instrument].kind == .info
        for number in series {
            let position = Int(number)
            chunk.isPresent.append(touched[position] & bit != 0)
            chunk.amounts.append(isInfo ? 1 : amounts[position * amountWidth + instrument])
            chunk.created.append(0)
            let start = position * cellWidth + cellStarts[instrument]
            for cell in start..<start + cellCount { chunk.cells.append(cells[cell]) }
        }
    }
}
