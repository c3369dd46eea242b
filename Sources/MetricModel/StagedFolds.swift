import Bytes

/// What one batch says to folds; reset with the batch. Its texts are its own table.
///
/// Nothing is allocated for a batch that no fold wants.
package struct StagedFolds: ~Copyable, Sendable {
    private var records = ByteWriter(capacity: 64)
    private var texts = ByteWriter(capacity: 64)
    /// Where each text begins and ends in `texts`, without its length.
    private var ranges: [Range<Int>] = []
    /// By hash the number of a text; where two have one hash, the second stands at the next free number.
    private var numbers: [UInt64: Int] = [:]
    /// By field the number of the text that it said last; −1 for none. Most spans of a batch say the same.
    private var lastNumbers = [Int](repeating: -1, count: FoldField.allCases.count)
    private var traceSet: Set<UInt64> = []
    private var lastTrace: UInt64 = 0
    private var count = 0
    /// Words of inputs by their tags. They are not in the section: nothing keeps them but memory.
    package private(set) var words = InputWords()
    private let byteCountMax: Int
    private let hash = ByteHash(seed: .random(in: .min ... .max))

    /// How a field's value is written.
    enum Form {
        static let text: UInt8 = 0
        static let number: UInt8 = 1
    }

    /// Ends the fields of a record.
    static let endOfFields: UInt8 = 0xFF
    /// A span's failures beyond these are passed over.
    package static let failureCountMax = 64
    static let version: UInt8 = 1

    /// - Parameter byteCountMax: where texts are cut.
    package init(byteCountMax: Int) { self.byteCountMax = byteCountMax }

    /// Whether no span was added.
    package var isEmpty: Bool { count == 0 }

    /// How many spans were added.
    package var spanCount: Int { count }

    /// Begins a span; its fields follow, then its failures, then `end`.
    ///
    /// - Parameter joinsTrace: whether spans of its trace may belong together.
    package mutating func begin(
        fold: Int, role: FoldRole, phase: UInt8, identity: FoldIdentity, joinsTrace: Bool = true
    ) {
        if joinsTrace, traceSet.isEmpty || lastTrace != identity.traceLow {
            traceSet.insert(identity.traceLow)
            lastTrace = identity.traceLow
        }
        count += 1
        records.varint(fold)
        records.byte(role.rawValue)
        records.byte(phase)
        records.fixed64(identity.trace)
        records.fixed64(identity.traceLow)
        records.fixed64(identity.span)
        records.fixed64(identity.parent)
        records.fixed64(identity.start)
        records.fixed64(identity.end)
        records.byte(identity.status)
    }

    /// Says the text of `count` bytes of `source` from `offset`; what identifies something is cut so that it
    /// still does.
    ///
    /// - Returns: the number of the text in the batch.
    @discardableResult
    package mutating func text(_ field: FoldField, _ source: RawSpan, at offset: Int, count: Int) -> Int {
        if count <= byteCountMax {
            let last = lastNumbers[Int(field.rawValue)]
            if last >= 0, isText(last, source, at: offset, count: count) { return text(field, number: last) }
            let number = number(of: source, at: offset, count: count)
            lastNumbers[Int(field.rawValue)] = number
            return text(field, number: number)
        }
        let value = source.extracting(offset..<offset + count).withUnsafeBytes { [UInt8]($0) }
        let kept =
            field.isIdentity
            ? CaseID.text(value, byteCountMax: byteCountMax) : CaseID.cut(value, byteCountMax: byteCountMax)
        return text(field, number: number(of: kept.span.bytes, at: 0, count: kept.count))
    }

    /// Says the text that has this number in the batch.
    @discardableResult package mutating func text(_ field: FoldField, number: Int) -> Int {
        records.byte(field.rawValue)
        records.byte(Form.text)
        records.varint(number)
        return number
    }

    /// Says a text, cut likewise.
    package mutating func text(_ field: FoldField, _ value: [UInt8]) {
        text(field, value.span.bytes, at: 0, count: value.count)
    }

    /// Says what a failed case was asked, which is never cut.
    package mutating func input(_ text: InputText) {
        records.byte(FoldField.input.rawValue)
        records.byte(Form.text)
        let bytes = Array(text.sketch.text.utf8)
        records.varint(number(of: bytes.span.bytes, at: 0, count: bytes.count))
        words.add(text.words)
    }

    /// Says a number; 0 and 1 for no and yes.
    package mutating func number(_ field: FoldField, _ value: Double) {
        records.byte(field.rawValue)
        records.byte(Form.number)
        records.amount(value)
    }

    /// Ends the fields; as many failures as are said follow.
    package mutating func endFields(failureCount: Int) {
        records.byte(Self.endOfFields)
        records.varint(failureCount)
    }

    /// Says when the span failed, in nanoseconds since 1970, and with what.
    package mutating func failure(at nanoseconds: UInt64, pattern: String) {
        records.fixed64(nanoseconds)
        let bytes = Array(pattern.utf8)
        records.varint(number(of: bytes.span.bytes, at: 0, count: bytes.count))
    }

    /// Everything that was added, for `FoldSection`; empty where that is nothing.
    ///
    /// - Parameter names: the folds' names in the order of their numbers: packs may change before it is read.
    package mutating func section(names: [String]) -> [UInt8] {
        guard !isEmpty else { return [] }
        var head = ByteWriter(capacity: 256 + texts.count + records.count)
        head.byte(Self.version)
        head.varint(names.count)
        for name in names { head.text(name) }
        head.varint(ranges.count)
        head.varint(count)
        head.append(&texts)
        head.append(&records)
        return head.bytes
    }

    /// The low words of the ids of the traces whose spans may belong together, in no order.
    package borrowing func traces() -> [UInt64] { Array(traceSet) }

    /// Forgets everything.
    package mutating func reset() {
        guard count > 0 else { return }
        count = 0
        for index in lastNumbers.indices { lastNumbers[index] = -1 }
        records.removeAll(keepingCapacityUpTo: 1 << 16)
        texts.removeAll(keepingCapacityUpTo: 1 << 16)
        ranges.removeAll(keepingCapacity: ranges.count < 1 << 10)
        numbers.removeAll(keepingCapacity: numbers.count < 1 << 10)
        traceSet.removeAll(keepingCapacity: traceSet.count < 1 << 10)
        words = InputWords()
    }

    /// Whether the text of a number is `count` bytes of `source` from `offset`.
    private mutating func isText(_ number: Int, _ source: RawSpan, at offset: Int, count: Int) -> Bool {
        let range = ranges[number]
        guard range.count == count else { return false }
        // SAFETY: the writer is not touched while its bytes are compared.
        let bytes = RawSpan(_unsafeBytes: texts.unsafeBytes)
        return bytes.isEqual(at: range.lowerBound, to: source, at: offset, count: count)
    }

    private mutating func number(of source: RawSpan, at offset: Int, count: Int) -> Int {
        var wanted = hash(source, at: offset, count: count)
        while let known = numbers[wanted] {
            if isText(known, source, at: offset, count: count) { return known }
            wanted &+= 1
        }
        numbers[wanted] = ranges.count
        texts.text(source, at: offset, count: count)
        ranges.append(texts.count - count..<texts.count)
        return ranges.count - 1
    }
}
