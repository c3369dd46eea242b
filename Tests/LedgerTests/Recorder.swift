import Ledger

/// What a store gave when it was opened; equal contents are equal recorders.
struct Recorder: StoreVisitor, Equatable {
    struct Series: Equatable {
        var sequence: Int64
        var image: [UInt8]
    }

    struct Keys: Equatable {
        var arrival: Int64
        var keys: [UInt8]
    }

    private(set) var beginCount = 0
    var values: [String: [UInt8]] = [:]
    var layouts: [Int64: [UInt8]] = [:]
    var series: [SeriesPlace: Series] = [:]
    var records: [Int64: [UInt8]] = [:]
    var keys: [Int64: Keys] = [:]
    var folds: [Int64: Series] = [:]
    private(set) var ledgerRowCount = 0

    static func == (left: Self, right: Self) -> Bool {
        left.values == right.values && left.layouts == right.layouts && left.series == right.series
            && left.records == right.records && left.keys == right.keys
            && left.folds == right.folds && left.ledgerRowCount == right.ledgerRowCount
    }

    mutating func begin() {
        let count = beginCount
        self = Recorder()
        beginCount = count + 1
    }

    mutating func value(_ name: String, _ bytes: RawSpan) { values[name] = Array(bytes) }

    mutating func layout(_ id: Int64, _ description: RawSpan) { layouts[id] = Array(description) }

    mutating func series(_ place: SeriesPlace, through sequence: Int64, _ image: RawSpan) {
        series[place] = Series(sequence: sequence, image: Array(image))
    }

    mutating func fold(_ id: Int64, through sequence: Int64, _ image: RawSpan) {
        folds[id] = Series(sequence: sequence, image: Array(image))
    }

    mutating func ledger(_ row: LedgerRow) { ledgerRowCount += 1 }

    mutating func record(_ sequence: Int64, _ bytes: RawSpan) { records[sequence] = Array(bytes) }

    mutating func keys(_ sequence: Int64, arrival: Int64, _ keys: RawSpan) {
        self.keys[sequence] = Keys(arrival: arrival, keys: Array(keys))
    }
}

extension Array<UInt8> {
    /// A copy of `bytes`.
    init(_ bytes: RawSpan) {
        self = bytes.withUnsafeBytes { Array($0) }
    }
}
