import Bytes
import MetricModel
import Registry

/// A registry with one or more tables, fed with rows as a test spells them.
struct Staging: ~Copyable {
    let registry: Registry
    private var batch: StagedBatch
    /// Every amount that was given, over all tables.
    private(set) var total = 0.0

    static let labels = ["service", "environment", "a", "b"]

    /// - Parameters:
    ///   - tables: how many tables with labels service, environment, a, b and one counter.
    ///   - limitOfA: the limit that the tables set for label `a`.
    init(_ limits: SeriesLimits = SeriesLimits(), tables: Int = 1, limitOfA: Int? = nil, seed: UInt64 = 42)
        throws
    {
        let labels = try Self.labels.map { try LabelName($0) }
        let layouts = try (0..<tables).map { number in
            SeriesTableLayout(
                name: "test/\(number)", labels: labels, valueLimits: [nil, nil, limitOfA, nil],
                instruments: [Instrument(metric: try MetricName("x\(number)_total"), kind: .counter)])
        }
        let catalog = MetricCatalog(tables: layouts, families: [])
        let hash = ByteHash(seed: seed)
        registry = Registry(catalog: catalog, limits: limits, hash: hash)
        batch = StagedBatch(
            catalog: catalog, meterCount: 1, values: ValueTable(hash: hash, valueByteCountMax: 256))
    }

    /// Stages one span with these values of service, environment, a and b.
    mutating func stage(_ values: [String], amount: Double = 1, table: Int = 0) {
        var key = RowKey()
        for (column, value) in values.enumerated() {
            key.set(column, batch.values.intern(Array(value.utf8)))
        }
        let row = batch.row(table: Int32(table), key: key)
        batch.hit(row: row, present: 1)
        batch.add(amount, at: Int(batch.rows[row].amountStart))
        total += amount
    }

    /// Applies what is staged as one batch.
    ///
    /// - Parameter arrival: milliseconds since 1970.
    mutating func apply(arrival: Int64 = 0) {
        registry.apply(&batch, arrival: arrival)
        _ = batch.reset()
    }

    /// Stages and applies one span.
    mutating func send(_ values: [String], amount: Double = 1, table: Int = 0) {
        stage(values, amount: amount, table: table)
        apply()
    }
}

/// A series as a reader of the registry sees it.
struct Series: Hashable, CustomStringConvertible {
    let values: [String]
    var isOverflow = false

    init(_ values: String..., isOverflow: Bool = false) {
        self.values = values
        self.isOverflow = isOverflow
    }

    init(values: [String], isOverflow: Bool) {
        self.values = values
        self.isOverflow = isOverflow
    }

    var description: String { values.joined(separator: "|") + (isOverflow ? " (overflow)" : "") }
}

extension Registry {
    /// All series of a table with their sums; a series that is there twice is an error.
    func sums(table: Int = 0) -> [Series: Double] {
        let count = extent(ofTable: table).endNumber
        let width = catalog.tables[table].labels.count
        let labels = labels(table: table, 0..<count)
        var chunk = ValueChunk()
        values(
            MetricFamily.Source(table: table, instrument: 0), series: (0..<UInt32(count)).map { $0 }[...],
            identities: labels.identities, into: &chunk)
        var sums: [Series: Double] = [:]
        var start = 0
        for series in 0..<count {
            var values: [String] = []
            for column in 0..<width {
                let end = Int(labels.ends[series * width + column])
                values.append(String(decoding: labels.bytes[start..<end], as: UTF8.self))
                start = end
            }
            let name = Series(values: values, isOverflow: labels.isOverflow[series])
            sums[name] = sums[name] == nil ? chunk.amounts[series] : .nan
        }
        return sums
    }
}
