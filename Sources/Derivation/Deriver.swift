package import Bytes
package import MetricModel
package import OTLP

/// Turns request bodies into staged batches by the packs' rules.
///
/// One deriver serves one request at a time and keeps its memory between requests; the service holds as many
/// as there are requests in decode. Pure: no clock, no I/O.
package struct Deriver: ~Copyable, Sendable {
    /// What the last `nextBatch` staged, to be applied before the next call.
    package var batch: StagedBatch
    package private(set) var counts = DerivationCounts()

    var reader: TraceReader
    let program: Program
    private var key: OwnedBuffer<UInt32>
    private var amounts: OwnedBuffer<Double>

    // Memories of one span, valid where the stamp is the span's.
    var stamp: UInt32 = 0
    var numbers: OwnedBuffer<Number>
    var numberStamps: OwnedBuffer<UInt32>
    var truths: OwnedBuffer<Truth>
    var truthStamps: OwnedBuffer<UInt32>
    var texts: OwnedBuffer<TextReference>
    var textStamps: OwnedBuffer<UInt32>
    var fieldIDs: OwnedBuffer<UInt32>
    var fieldStamps: OwnedBuffer<UInt32>
    /// By distinct label: the stamp above the value's number.
    private var labelMemos: OwnedBuffer<UInt64>
    /// By distinct condition: the stamp above whether it holds.
    private var conditionMemos: OwnedBuffer<UInt64>
    var nameID: UInt32 = 0
    var nameStamp: UInt32 = 0
    /// Texts made from numbers, of the current span.
    var scratch: [UInt8] = []
    /// What was refused while an amount was evaluated.
    var refusal: RefusalReason?

    // Memories of one batch.
    var batchStamp: UInt32 = 0
    var constantIDs: OwnedBuffer<UInt32>
    var constantStamps: OwnedBuffer<UInt32>

    /// Bodies above this are checked whole before any of it is staged, and staged in slices, so that a
    /// large request needs no large batch.
    package static let sliceByteCount = 1 << 20
    private static let sliceSpanCount = 8192

    /// - Parameters:
    ///   - program: the compiled packs.
    ///   - hash: the process' hash; the registry must have the same.
    ///   - valueByteCountMax: where label values are cut.
    package init(program: Program, hash: ByteHash, valueByteCountMax: Int) {
        self.program = program
        reader = TraceReader(keys: AttributeKeys(program.keys))
        batch = StagedBatch(
            catalog: program.catalog, meterCount: program.meters.count,
            values: ValueTable(hash: hash, valueByteCountMax: valueByteCountMax)
        )
        key = OwnedBuffer(repeating: 0, count: program.keyWidthMax)
        amounts = OwnedBuffer(repeating: 0, count: SeriesTableLayout.instrumentCountMax)
        let fields = program.fields.count
        numbers = OwnedBuffer(repeating: .missing, count: fields)
        numberStamps = OwnedBuffer(repeating: 0, count: fields)
        truths = OwnedBuffer(repeating: .missing, count: fields)
        truthStamps = OwnedBuffer(repeating: 0, count: fields)
        texts = OwnedBuffer(repeating: .missing, count: fields)
        textStamps = OwnedBuffer(repeating: 0, count: fields)
        fieldIDs = OwnedBuffer(repeating: 0, count: fields)
        fieldStamps = OwnedBuffer(repeating: 0, count: fields)
        labelMemos = OwnedBuffer(repeating: 0, count: program.labels.count)
        conditionMemos = OwnedBuffer(repeating: 0, count: program.conditions.count)
        constantIDs = OwnedBuffer(repeating: 0, count: program.constants.count)
        constantStamps = OwnedBuffer(repeating: 0, count: program.constants.count)
    }

    /// Starts a request. After it, `nextBatch` is called until it returns false.
    ///
    /// - Throws: `WireError`; then nothing of the request counts.
    package mutating func begin(_ body: RawSpan) throws(WireError) {
        counts = DerivationCounts()
        if body.byteCount > Self.sliceByteCount {
            try reader.begin(body)
            while try reader.next(body) {}
        }
        try reader.begin(body)
    }

    /// Stages the next slice of the request; false when nothing is left.
    ///
    /// A body of at most `sliceByteCount` comes as one slice; larger ones were checked by `begin`, so that an
    /// error is thrown before anything was staged.
    package mutating func nextBatch(_ body: RawSpan) throws(WireError) -> Bool {
        startBatch()
        let isSliced = body.byteCount > Self.sliceByteCount
        var spanCount = 0
        while try reader.next(body) {
            spanCount += 1
            measure(body)
            if isSliced, spanCount == Self.sliceSpanCount { return true }
        }
        return spanCount > 0
    }

    mutating func startBatch() {
        batch.reset()
        batchStamp &+= 1
        if stamp > UInt32.max / 2 { forgetSpans() }
        if batchStamp == 0 {
            constantStamps.fill(with: 0)
            batchStamp = 1
        }
        reader.span.forgetMemos()
    }

    /// Stamps are never reused: before they wrap, all are cleared.
    private mutating func forgetSpans() {
        stamp = 0
        nameStamp = 0
        numberStamps.fill(with: 0)
        truthStamps.fill(with: 0)
        textStamps.fill(with: 0)
        fieldStamps.fill(with: 0)
        labelMemos.fill(with: 0)
        conditionMemos.fill(with: 0)
    }

    /// Counts the reader's current span.
    ///
    /// HOT: per span (benchmark `derive`).
    mutating func measure(_ body: RawSpan) {
        counts.spans += 1
        if let defect = reader.span.defect {
            counts.add(defect)
            return
        }
        counts.newestEnd = max(counts.newestEnd, reader.span.endNanoseconds)
        startSpan()
        var matched = false
        for number in 0..<program.meters.count {
            let meter = program.meters[number]
            guard meter.required & ~reader.span.presence == 0, isSelected(by: meter, body) else { continue }
            matched = true
            stage(meter, number, body)
        }
        if !matched { counts.unmatched += 1 }
    }

    /// Forgets what was remembered of the last span.
    mutating func startSpan() {
        stamp &+= 1
        scratch.removeAll(keepingCapacity: true)
    }

    /// Whether all conditions of `meter` hold; each is evaluated once a span, whoever asks.
    ///
    /// HOT: per span and meter (benchmark `derive`).
    mutating func isSelected(by meter: CompiledMeter, _ body: RawSpan) -> Bool {
        for index in Int(meter.conditionStart)..<Int(meter.conditionStart + meter.conditionCount) {
            let condition = Int(program.meterConditions[index])
            let memo = conditionMemos[condition]
            if memo == UInt64(stamp) &<< 32 | 1 { continue }
            if memo == UInt64(stamp) &<< 32 { return false }
            let holds = truth(program.conditions[condition], body) == .yes
            conditionMemos[condition] = UInt64(stamp) &<< 32 | (holds ? 1 : 0)
            if !holds { return false }
        }
        return true
    }

    /// HOT: per span and meter (benchmark `derive`).
    mutating func stage(_ meter: CompiledMeter, _ number: Int, _ body: RawSpan) {
        var present: UInt32 = 0
        for index in 0..<Int(meter.instrumentCount) {
            let instrument = program.instruments[Int(meter.instrumentStart) + index]
            if evaluate(instrument, into: index, meter: number, body) { present |= 1 &<< UInt32(index) }
        }
        if present == 0 { return }
        for column in 0..<Int(meter.labelCount) {
            let label = Int(program.meterLabels[Int(meter.labelStart) + column])
            let memo = labelMemos[label]
            if memo &>> 32 == UInt64(stamp) {
                key[column] = UInt32(truncatingIfNeeded: memo)
            } else {
                let id = labelID(program.labels[label], body)
                labelMemos[label] = UInt64(stamp) &<< 32 | UInt64(id)
                key[column] = id
            }
        }
        let row = batch.row(table: Int(meter.table), key: key)
        batch.hit(row: row, present: present)
        for index in 0..<Int(meter.instrumentCount) where present & (1 &<< UInt32(index)) != 0 {
            let instrument = program.instruments[Int(meter.instrumentStart) + index]
            batch.add(amounts[index], row: row, instrument: index)
            if instrument.layout >= 0 {
                let cell = program.layouts[Int(instrument.layout)].index(of: amounts[index])
                batch.count(row: row, cell: Int(instrument.cellStart) + cell)
            }
        }
    }

    /// Puts an instrument's amount into `amounts`, or counts why there is none; false then.
    private mutating func evaluate(
        _ instrument: CompiledInstrument, into index: Int, meter: Int, _ body: RawSpan
    ) -> Bool {
        switch instrument.source {
        case .one:
            amounts[index] = 1
            return true
        case .duration:
            guard let duration = reader.span.durationSeconds else { return false }
            amounts[index] = duration
            return true
        case .size:
            amounts[index] = Double(reader.span.byteCount)
            return true
        case .attribute, .expression:
            refusal = nil
            let amount: Number
            if instrument.source == .attribute {
                amount = attributeNumber(instrument.amount, body)
                refusal = amount.refusal
            } else {
                amount = number(instrument.amount, body)
            }
            var isUsable = amount.isPresent
            if isUsable, !(amount.value >= 0 && amount.value < .infinity) {
                refusal = refusal ?? (amount.value < 0 && amount.value.isFinite ? .negative : .notFinite)
                isUsable = false
            }
            if let refusal { batch.refuse(meter: meter, refusal) }
            amounts[index] = amount.value
            return isUsable
        }
    }
}

/// What a request held, over all its slices.
package struct DerivationCounts: Sendable, Equatable {
    /// All spans, malformed ones too.
    package var spans = 0
    /// Spans that no meter wanted.
    package var unmatched = 0
    /// The latest end of any well-formed span, in nanoseconds since 1970; 0 where none has an end.
    package internal(set) var newestEnd: UInt64 = 0
    /// Malformed spans by `SpanDefect.allCases`.
    package private(set) var defects = [Int](repeating: 0, count: SpanDefect.allCases.count)

    /// All malformed spans.
    package var malformed: Int { defects.reduce(0, +) }

    mutating func add(_ defect: SpanDefect) {
        defects[SpanDefect.allCases.firstIndex(of: defect) ?? 0] += 1
    }
}
