import Bytes
import MetricModel

extension Registry {
    /// What the registry's lock guards.
    struct State: ~Copyable, Sendable {
        var tables: [SeriesTable]
        var values = KnownValues()
        var holds = HoldQueue()
        /// Changes when a number that a batch remembers may stand for another series.
        var generation: UInt64 = 1
        /// The number of the newest record that was applied.
        var appliedSequence: UInt64 = 0
        /// Whether new series show 0 at first.
        var holdsNewSeries: Bool
        /// Series that the record being made has to announce.
        var announcements: [SeriesReference] = []
        /// The series of the batch's active rows, in their order.
        var found: [Int] = []
        var writer = ByteWriter()
        var limits: SeriesLimits
        let hash: ByteHash
        let overflowValue: UInt32
        /// The registry's numbers of the current row's values; 0 where it knows none.
        private var numbers: [UInt32] = []
        var key: [UInt32]

        init(tables layouts: [SeriesTableLayout], limits: SeriesLimits, hash: ByteHash, holdsNewSeries: Bool)
        {
            self.limits = limits
            self.hash = hash
            self.holdsNewSeries = holdsNewSeries
            tables = layouts.map { SeriesTable($0) }
            key = [UInt32](repeating: 0, count: layouts.map(\.labels.count).max() ?? 0)
            let text = Array("__overflow__".utf8)
            overflowValue = values.insert(
                hash(text.span.bytes, at: 0, count: text.count), text.span.bytes, at: 0, count: text.count
            )
        }

        /// Series of all tables that count against the limits.
        private var limitedCount: Int { tables.reduce(0) { $0 + $1.limitedCount } }

        /// The series of a row; made, and to be announced, where there is none.
        mutating func find(_ row: StagedBatch.Row, _ number: Int, of batch: inout StagedBatch) -> Int {
            let table = Int(row.table)
            let width = tables[table].keyWidth
            var isKnown = true
            numbers.removeAll(keepingCapacity: true)
            for column in 0..<width {
                let local = row.key.value(column)
                let known = find(local, of: batch)
                numbers.append(known)
                key[column] = known
                if known == 0, local != 0 { isKnown = false }
            }
            if isKnown {
                let series = tables[table].find(key, .plain, SeriesTable.hash(key, width, .plain))
                if series >= 0 {
                    batch.setSeries(series, ofRow: number)
                    return series
                }
            }
            return admit(row, of: batch)
        }

        /// The registry's number of a batch's value; 0 for the empty one and for one it does not know.
        private func find(_ local: UInt32, of batch: borrowing StagedBatch) -> UInt32 {
            if local == 0 { return 0 }
            let range = batch.values.range(local)
            return values.find(
                batch.values.hashes[Int(local)], batch.values.bytes.span.bytes, at: range.lowerBound,
                count: range.count
            )
        }

        /// Finds or makes the series of a row that has none under its own label values.
        private mutating func admit(_ row: StagedBatch.Row, of batch: borrowing StagedBatch) -> Int {
            let table = Int(row.table)
            let width = tables[table].keyWidth
            var role = SeriesTable.Role.plain
            var isNew = [Bool](repeating: false, count: width)
            for column in 0..<width {
                let local = row.key.value(column)
                let number = numbers[column]
                key[column] = number
                if local == 0 || tables[table].admitted[column].contains(number) { continue }
                let limit = tables[table].layout.valueLimits[column] ?? limits.valuesPerLabel
                if tables[table].admitted[column].count < limit {
                    isNew[column] = true
                    continue
                }
                want(batch.values.hashes[Int(local)], table, column)
                key[column] = overflowValue
                role = .labelOverflow
            }
            if role != .plain {
                tables[table].overflowCount += UInt64(row.hits)
                // With no label but these it would be exposed like a reserved series: the two are one.
                let kept = min(SeriesTableLayout.identityLabelCount, width)
                if (kept..<width).allSatisfy({ row.key.value($0) == 0 }) {
                    return reserved(row, of: batch)
                }
                if !isNew.contains(true) {
                    let series = tables[table].find(key, role, SeriesTable.hash(key, width, role))
                    if series >= 0 { return series }
                }
            }
            if tables[table].limitedCount >= limits.seriesPerMeter || limitedCount >= limits.series {
                if role == .plain { tables[table].overflowCount += UInt64(row.hits) }
                for column in 0..<width where isNew[column] {
                    want(batch.values.hashes[Int(row.key.value(column))], table, column)
                }
                return reserved(row, of: batch)
            }
            for column in 0..<width where isNew[column] {
                key[column] = register(column, row, of: batch)
                tables[table].admitted[column].insert(key[column])
                tables[table].demand[column]?.add(values.hashes[Int(key[column])])
            }
            return announce(table, role)
        }

        /// The registry's number of a row's value, made if there is none.
        private mutating func register(
            _ column: Int, _ row: StagedBatch.Row, of batch: borrowing StagedBatch
        ) -> UInt32 {
            let local = row.key.value(column)
            if local == 0 { return 0 }
            // Looked up again: another column of this row may have brought the same value.
            let known = find(local, of: batch)
            if known != 0 { return known }
            let range = batch.values.range(local)
            return values.insert(
                batch.values.hashes[Int(local)], batch.values.bytes.span.bytes, at: range.lowerBound,
                count: range.count
            )
        }

        /// Counts a value that was refused into the demand for its label.
        private mutating func want(_ hash: UInt64, _ table: Int, _ column: Int) {
            if tables[table].demand[column] == nil {
                var sketch = HyperLogLog()
                for known in tables[table].admitted[column] { sketch.add(values.hashes[Int(known)]) }
                tables[table].demand[column] = sketch
            }
            tables[table].demand[column]?.add(hash)
        }

        /// The overflow series of a row for which no series is left: by service and environment, of which the
        /// first `reservedPerMeter` pairs are told apart.
        private mutating func reserved(_ row: StagedBatch.Row, of batch: borrowing StagedBatch) -> Int {
            let table = Int(row.table)
            let width = tables[table].keyWidth
            let kept = min(SeriesTableLayout.identityLabelCount, width)
            var isKnown = true
            for column in 0..<width {
                if column >= kept {
                    key[column] = 0
                } else if key[column] != overflowValue {
                    let local = row.key.value(column)
                    key[column] = numbers[column]
                    if key[column] == 0, local != 0 { isKnown = false }
                }
            }
            if isKnown {
                let series = tables[table].find(key, .reserved, SeriesTable.hash(key, width, .reserved))
                if series >= 0 { return series }
            }
            for column in 0..<kept where key[column] != overflowValue {
                key[column] =
                    tables[table].reservedCount < SeriesLimits.reservedPerMeter - 1
                    ? register(column, row, of: batch) : overflowValue
            }
            let hash = SeriesTable.hash(key, width, .reserved)
            let series = tables[table].find(key, .reserved, hash)
            return series >= 0 ? series : announce(table, .reserved)
        }

        /// Makes the series of the current key.
        private mutating func announce(_ table: Int, _ role: SeriesTable.Role) -> Int {
            let hash = SeriesTable.hash(key, tables[table].keyWidth, role)
            let series = tables[table].insert(key, role, hash)
            announcements.append(SeriesReference(table: table, series: series))
            return series
        }

        var statistics: RegistryStatistics {
            RegistryStatistics(
                tables: tables.map { table in
                    RegistryStatistics.Table(
                        seriesCount: table.seriesCount, overflowCount: table.overflowCount,
                        valueDemand: zip(table.demand, table.admitted).map { demand, admitted in
                            max(demand?.estimate ?? 0, Double(admitted.count))
                        }
                    )
                }
            )
        }
    }
}
