package import Bytes

/// What one request adds to the series: rows of distinct label values with their amounts, not yet applied.
///
/// Rows of all tables share flat arrays, so that staging a span allocates nothing in the steady state.
package struct StagedBatch: ~Copyable, Sendable {
    /// One series' share of the batch.
    package struct Row: BitwiseCopyable, Sendable {
        /// The number of its table in the catalog.
        package let table: Int32
        /// Its label value numbers begin here in `keys`, as many as the table has labels.
        package let keyStart: Int32
        /// Its amounts begin here in `amounts`, one an instrument.
        package let amountStart: Int32
        /// Its bucket counts begin here in `cells`, those of all its histograms one after another.
        package let cellStart: Int32
        /// Which instruments were given an amount: bit n is instrument n.
        package var touched: UInt32 = 0
        /// How many spans met in this row.
        package var hits: UInt32 = 0
        fileprivate let hash: UInt32
    }

    /// The widths of a table, as staging needs them.
    struct Shape: BitwiseCopyable, Sendable {
        let keyWidth: Int
        let amountWidth: Int
        let cellWidth: Int
    }

    /// The label values that `keys` number.
    package var values: ValueTable
    package private(set) var rows = OwnedBuffer<Row>(capacity: 256)
    package private(set) var keys = OwnedBuffer<UInt32>(capacity: 1024)
    /// Counter increments and histogram sums.
    package private(set) var amounts = OwnedBuffer<Double>(capacity: 512)
    package private(set) var cells = OwnedBuffer<UInt32>(capacity: 4096)
    /// Refused values: `meter × reasons + reason`.
    package private(set) var refusals: [UInt32]
    package private(set) var hasRefusals = false

    private let shapes: [Shape]
    private var index: OwnedBuffer<UInt32>
    private var mask: Int

    /// Rows beyond this are more than the usual batch has; their memory is given back.
    private static let keptRowCountMax = 1 << 14

    /// - Parameters:
    ///   - catalog: the tables that rows refer to.
    ///   - meterCount: how many meters may refuse values.
    ///   - values: an empty value table of this batch's own.
    package init(catalog: MetricCatalog, meterCount: Int, values: consuming ValueTable) {
        self.values = values
        shapes = catalog.tables.map { table in
            Shape(
                keyWidth: table.labels.count,
                amountWidth: table.instruments.count,
                cellWidth: table.instruments.reduce(0) { $0 + $1.cellCount }
            )
        }
        refusals = [UInt32](repeating: 0, count: meterCount * RefusalReason.allCases.count)
        index = OwnedBuffer(repeating: 0, count: 1024)
        mask = 1023
    }

    /// The row of table `table` whose label value numbers are the first of `key`; made if there is none.
    ///
    /// HOT: per span and meter (benchmark `derive`).
    package mutating func row(table: Int, key: borrowing OwnedBuffer<UInt32>) -> Int {
        let width = shapes[table].keyWidth
        precondition(width <= key.count, "key is too short")
        var state = UInt64(truncatingIfNeeded: table) &+ 0x9E37_79B9_7F4A_7C15
        // SAFETY: columns are below `width`, places below the index' size, rows and keys were put there by
        // `insert`.
        for column in 0..<width { state = (state ^ UInt64(key[unchecked: column])) &* 0xD1B5_4A32_D192_ED03 }
        let hash = UInt32(truncatingIfNeeded: (state ^ state &>> 32) &>> 7)
        var position = Int(hash) & mask
        while true {
            let found = index[unchecked: position]
            if found == 0 { break }
            let candidate = Int(found) &- 1
            if rows[unchecked: candidate].hash == hash,
                rows[unchecked: candidate].table == Int32(truncatingIfNeeded: table)
            {
                let start = Int(rows[unchecked: candidate].keyStart)
                var column = 0
                while column < width, keys[unchecked: start &+ column] == key[unchecked: column] {
                    column &+= 1
                }
                if column == width { return candidate }
            }
            position = (position &+ 1) & mask
        }
        return insert(table: table, key: key, hash: hash, position: position)
    }

    private mutating func insert(table: Int, key: borrowing OwnedBuffer<UInt32>, hash: UInt32, position: Int)
        -> Int
    {
        let shape = shapes[table]
        let row = Row(
            table: Int32(table), keyStart: Int32(keys.count), amountStart: Int32(amounts.count),
            cellStart: Int32(cells.count), hash: hash
        )
        for column in 0..<shape.keyWidth { keys.append(key[column]) }
        amounts.append(repeating: 0, count: shape.amountWidth)
        cells.append(repeating: 0, count: shape.cellWidth)
        rows.append(row)
        index[position] = UInt32(rows.count)
        if rows.count * 2 > index.count { grow() }
        return rows.count - 1
    }

    private mutating func grow() {
        mask = index.count * 2 - 1
        index = OwnedBuffer(repeating: 0, count: mask + 1)
        for number in 0..<rows.count {
            var position = Int(rows[number].hash) & mask
            while index[position] != 0 { position = (position + 1) & mask }
            index[position] = UInt32(number + 1)
        }
    }

    /// Counts one span into `row`, and marks the instruments of `present` as touched.
    package mutating func hit(row: Int, present: UInt32) {
        rows[row].hits &+= 1
        rows[row].touched |= present
    }

    /// Adds `amount` to the counter, sum or info `instrument` of `row`.
    ///
    /// HOT: per span and instrument (benchmark `derive`).
    package mutating func add(_ amount: Double, row: Int, instrument: Int) {
        amounts[Int(rows[row].amountStart) + instrument] += amount
    }

    /// Counts one observation into bucket `cell` of `row`, counted over all histograms of its table.
    package mutating func count(row: Int, cell: Int) {
        cells[Int(rows[row].cellStart) + cell] &+= 1
    }

    /// Counts a value of `meter` that was refused.
    package mutating func refuse(meter: Int, _ reason: RefusalReason) {
        hasRefusals = true
        refusals[meter * RefusalReason.allCases.count + Int(reason.rawValue)] &+= 1
    }

    /// Forgets everything; memory beyond the usual batch is given back.
    package mutating func reset() {
        values.reset()
        if rows.count > Self.keptRowCountMax {
            index = OwnedBuffer(repeating: 0, count: 1024)
            mask = 1023
        } else {
            index.fill(with: 0)
        }
        rows.removeAll(keepingCapacityUpTo: Self.keptRowCountMax)
        keys.removeAll(keepingCapacityUpTo: Self.keptRowCountMax * 8)
        amounts.removeAll(keepingCapacityUpTo: Self.keptRowCountMax * 4)
        cells.removeAll(keepingCapacityUpTo: Self.keptRowCountMax * 16)
        if hasRefusals {
            for slot in refusals.indices { refusals[slot] = 0 }
            hasRefusals = false
        }
    }
}

extension Instrument {
    /// How many bucket counts it needs in a row.
    package var cellCount: Int {
        if case .histogram(let layout) = kind { layout.bucketCount } else { 0 }
    }
}
