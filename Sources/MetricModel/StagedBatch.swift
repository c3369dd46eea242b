package import Bytes

/// The label values of a row: their numbers in the batch's value table, 16 bits each, the first lowest.
package struct RowKey: BitwiseCopyable, Equatable, Sendable {
    package private(set) var words: (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)

    /// How many labels fit.
    package static let columnCountMax = 16
    /// Value numbers stay below this.
    package static let valueCountMax = 1 << 16

    package init() {}

    /// Puts a value number into a column that is still 0.
    ///
    /// HOT: per label (benchmark `derive`).
    @inline(__always) package mutating func set(_ column: Int, _ value: UInt32) {
        let bits = UInt64(value) &<< (UInt64(truncatingIfNeeded: column & 3) &* 16)
        switch column &>> 2 {
        case 0: words.0 |= bits
        case 1: words.1 |= bits
        case 2: words.2 |= bits
        default: words.3 |= bits
        }
    }

    /// The value number in a column.
    package func value(_ column: Int) -> UInt32 {
        let word =
            switch column &>> 2 {
            case 0: words.0
            case 1: words.1
            case 2: words.2
            default: words.3
            }
        return UInt32(truncatingIfNeeded: word &>> (UInt64(truncatingIfNeeded: column & 3) &* 16) & 0xFFFF)
    }

    @inline(__always) package static func == (left: RowKey, right: RowKey) -> Bool {
        (left.words.0 ^ right.words.0) | (left.words.1 ^ right.words.1) | (left.words.2 ^ right.words.2)
            | (left.words.3 ^ right.words.3) == 0
    }

    @inline(__always) fileprivate func hash(_ table: Int32) -> UInt64 {
        let low = ByteHash.fold(words.0 ^ 0x9E37_79B9_7F4A_7C15, words.1 ^ UInt64(truncatingIfNeeded: table &+ 1))
        if words.2 | words.3 == 0 { return low }
        return ByteHash.fold(low ^ words.2, words.3 ^ 0xD1B5_4A32_D192_ED03)
    }
}

/// What one request adds to the series: rows of distinct label values with their amounts, not yet applied.
///
/// Rows of all tables share flat arrays, so that staging a span allocates nothing in the steady state.
package struct StagedBatch: ~Copyable, Sendable {
    /// One series' share of the batch.
    package struct Row: BitwiseCopyable, Sendable {
        /// The number of its table in the catalog.
        package let table: Int32
        /// Its label values.
        package let key: RowKey
        /// Its amounts begin here in `amounts`, one an instrument.
        package let amountStart: Int32
        /// Its bucket counts begin here in `cells`, those of all its histograms one after another.
        package let cellStart: Int32
        /// Which instruments were given an amount: bit n is instrument n.
        package var touched: UInt32 = 0
        /// How many spans met in this row.
        package var hits: UInt32 = 0
    }

    /// The widths of a table, as staging needs them.
    struct Shape: BitwiseCopyable, Sendable {
        let amountWidth: Int
        let cellWidth: Int
    }

    /// The label values that the rows' keys number.
    package var values: ValueTable
    package private(set) var rows = OwnedBuffer<Row>(capacity: 256)
    /// Counter increments and histogram sums.
    package private(set) var amounts = OwnedBuffer<Double>(capacity: 512)
    package private(set) var cells = OwnedBuffer<UInt32>(capacity: 4096)
    /// Refused values: `meter × reasons + reason`.
    package private(set) var refusals: [UInt32]
    package private(set) var hasRefusals = false

    private let shapes: [Shape]
    /// The upper half of a row's hash, and its number plus one; 0 for a free place.
    private var index: OwnedBuffer<UInt64>
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
                amountWidth: table.instruments.count,
                cellWidth: table.instruments.reduce(0) { $0 + $1.cellCount }
            )
        }
        refusals = [UInt32](repeating: 0, count: meterCount * RefusalReason.allCases.count)
        index = OwnedBuffer(repeating: 0, count: 1024)
        mask = 1023
    }

    /// The row of table `table` with this key; made if there is none.
    ///
    /// HOT: per span and meter (benchmark `derive`).
    package mutating func row(table: Int32, key: RowKey) -> Int {
        let hash = key.hash(table)
        let tag = hash & 0xFFFF_FFFF_0000_0000
        var position = Int(truncatingIfNeeded: hash) & mask
        while true {
            // SAFETY: `mask` is the index' size less one, and the index holds numbers of rows.
            let found = index[unchecked: position]
            if found == 0 { break }
            if found & 0xFFFF_FFFF_0000_0000 == tag {
                let candidate = Int(truncatingIfNeeded: found & 0xFFFF_FFFF) &- 1
                if rows[unchecked: candidate].table == table, rows[unchecked: candidate].key == key {
                    return candidate
                }
            }
            position = (position &+ 1) & mask
        }
        return insert(table: table, key: key, tag: tag, position: position)
    }

    private mutating func insert(table: Int32, key: RowKey, tag: UInt64, position: Int) -> Int {
        let shape = shapes[Int(table)]
        rows.append(
            Row(
                table: table, key: key, amountStart: Int32(amounts.count), cellStart: Int32(cells.count)
            )
        )
        amounts.append(repeating: 0, count: shape.amountWidth)
        cells.append(repeating: 0, count: shape.cellWidth)
        index[position] = tag | UInt64(rows.count)
        if rows.count * 2 > index.count { grow() }
        return rows.count - 1
    }

    private mutating func grow() {
        mask = index.count * 2 - 1
        index = OwnedBuffer(repeating: 0, count: mask + 1)
        for number in 0..<rows.count {
            let hash = rows[number].key.hash(rows[number].table)
            var position = Int(truncatingIfNeeded: hash) & mask
            while index[position] != 0 { position = (position + 1) & mask }
            index[position] = hash & 0xFFFF_FFFF_0000_0000 | UInt64(number + 1)
        }
    }

    /// Counts one span into `row`, and marks the instruments of `present` as touched.
    ///
    /// - Returns: where its amounts and its bucket counts begin.
    @inline(__always) package mutating func hit(row: Int, present: UInt32) -> (amounts: Int, cells: Int) {
        rows[row].hits &+= 1
        rows[row].touched |= present
        return (Int(rows[row].amountStart), Int(rows[row].cellStart))
    }

    /// Adds to the amount at `index`, which is an instrument's number behind what `hit` gave.
    ///
    /// HOT: per span and instrument (benchmark `derive`).
    @inline(__always) package mutating func add(_ amount: Double, at index: Int) { amounts[index] += amount }

    /// Counts one observation into the bucket at `index`, counted over all histograms of its table behind what
    /// `hit` gave.
    @inline(__always) package mutating func count(at index: Int) { cells[index] &+= 1 }

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
