import MetricModel

/// Carries series over from the tables of a checkpoint to those of the packs in force.
///
/// A table's series go on where the packs have a table with the same labels and at least one of its
/// instruments; instruments that are gone are left behind.
enum RegistryMigration {
    /// Adds every series of `old` that has a place in `new`.
    ///
    /// - Returns: how many were left behind.
    static func move(_ old: borrowing Registry.State, to new: inout Registry.State) -> Int {
        let layouts = new.tables.map(\.layout)
        var left = 0
        for table in old.tables {
            if let target = target(of: table.layout, in: layouts) {
                move(table, old.values, to: target, of: &new)
            } else {
                left += table.seriesCount
            }
        }
        return left
    }

    private static func target(of source: SeriesTableLayout, in layouts: [SeriesTableLayout]) -> Int? {
        let fitting = layouts.indices.filter { number in
            Set(layouts[number].labels) == Set(source.labels)
                && !Set(layouts[number].instruments).isDisjoint(with: source.instruments)
        }
        return fitting.first { layouts[$0].name == source.name } ?? fitting.first
    }

    private static func move(
        _ from: SeriesTable, _ values: KnownValues, to target: Int, of new: inout Registry.State
    ) {
        let layout = new.tables[target].layout
        let columns = layout.labels.map { from.layout.labels.firstIndex(of: $0) ?? 0 }
        let instruments = layout.instruments.map { from.layout.instruments.firstIndex(of: $0) }
        for series in 0..<from.endNumber where from.statuses[series] == .live {
            for (column, old) in columns.enumerated() {
                new.key[column] = number(of: from.value(series, old), values, in: &new)
            }
            let role = from.roles[series]
            let width = new.tables[target].keyWidth
            let known = new.tables[target].find(
                new.key, role, SeriesTable.hash(new.key, width, role))
            let number = known >= 0 ? known : new.tables[target].endNumber
            if known < 0 { new.insert(target, number, role) }
            new.tables[target].samples.take(series, of: from.samples, as: number, instruments)
        }
    }

    /// The number in `new` of a value of the old tables.
    private static func number(
        of value: UInt32, _ values: KnownValues, in new: inout Registry.State
    ) -> UInt32 {
        var bytes: [UInt8] = []
        values.append(value, to: &bytes)
        return new.number(of: bytes.span.bytes, 0..<bytes.count)
    }
}

extension SeriesSamples {
    /// Adds the samples of a series of other tables to `target`.
    ///
    /// - Parameter instruments: for each instrument here its number there; nil where it is new.
    fileprivate mutating func take(
        _ series: Int, of other: SeriesSamples, as target: Int, _ instruments: [Int?]
    ) {
        changed[target] = max(changed[target], other.changed[series])
        for (number, source) in instruments.enumerated() {
            guard let source, other.touched[series] & 1 &<< UInt32(source) != 0 else { continue }
            take(number, source, series, of: other, as: target)
        }
    }
}
