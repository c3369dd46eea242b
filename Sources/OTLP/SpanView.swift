public import Bytes

/// One span as it stands in the body, with the attributes that packs read in numbered slots.
///
/// Reused from span to span: an entry counts only while its stamp is that of the current span, so that
/// nothing is cleared. Valid until the reader's next step.
public struct SpanView: ~Copyable, Sendable {
    /// UTF-8 by the format, not checked.
    public var name = ByteRange.empty
    /// 16 bytes, or none; `defect` tells.
    public var traceID = ByteRange.empty
    /// 8 bytes, or none; `defect` tells.
    public var spanID = ByteRange.empty
    /// 8 bytes, or none for a root span; `defect` tells.
    public var parentSpanID = ByteRange.empty
    /// The status' description, often empty.
    public var statusMessage = ByteRange.empty
    /// OTLP's number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer; others are kept.
    public var kind: UInt64 = 0
    /// OTLP's number: 0 unset, 1 ok, 2 error; others are kept.
    public var statusCode: UInt64 = 0
    /// Nanoseconds since 1970; 0 where the sender left it out.
    public var startNanoseconds: UInt64 = 0
    /// Nanoseconds since 1970; 0 where the sender left it out.
    public var endNanoseconds: UInt64 = 0
    /// Where the span's message stands.
    public var range = ByteRange.empty
    /// The encoded size of the span.
    @inlinable public var byteCount: Int { Int(range.count) }
    /// Of the instrumentation scope, often empty.
    public var scopeName = ByteRange.empty
    /// Of the instrumentation scope, often empty.
    public var scopeVersion = ByteRange.empty
    /// Bit n says that slot n has a value in any layer; of the first 64 slots only.
    @inlinable public var presence: UInt64 { mutating get { spanPresence | outerPresence } }
    /// Bit n says that slot n has a value of the span's own; of the first 64 slots only.
    public internal(set) var spanPresence: UInt64 = 0
    /// Bit n says that slot n has an int of the span's own; of the first 64 slots only.
    public internal(set) var spanInts: UInt64 = 0
    /// Bit n says that slot n has a double of the span's own; of the first 64 slots only.
    public internal(set) var spanDoubles: UInt64 = 0
    /// Another number for each scope of each resource of each request; never 0.
    public internal(set) var outerStamp: UInt32 = 0

    /// One slot in one layer.
    @usableFromInline struct Entry: BitwiseCopyable, Sendable {
        @usableFromInline var value: AttributeValue
        @usableFromInline var stamp: UInt32
        @usableFromInline var memo: UInt32
    }

    /// The layers of attributes; those of the span are nearest.
    enum Layer: Int {
        case span, scope, resource
    }

    /// All layers, `slotCount` entries each, in the order of `Layer`.
    @usableFromInline var entries: OwnedBuffer<Entry>
    /// For each slot the entry of scope or resource that has a value; −1 for none.
    @usableFromInline var outer: OwnedBuffer<Int32>
    @usableFromInline var spanStamp: UInt32 = 0
    /// Bit n says that slot n has a value of resource or scope; of the first 64 slots only.
    public internal(set) var outerPresence: UInt64 = 0
    private let slotCount: Int

    init(slotCount: Int) {
        self.slotCount = slotCount
        entries = OwnedBuffer(repeating: Entry(value: .absent, stamp: 0, memo: 0), count: slotCount * 3)
        outer = OwnedBuffer(repeating: -1, count: slotCount)
    }

    /// Where the nearest value of `slot` stands: span before scope before resource; −1 where none has one.
    ///
    /// HOT: per attribute that a meter reads (benchmark `derive`).
    @inlinable public mutating func position(ofSlot slot: Int) -> Int {
        entries[slot].stamp == spanStamp ? slot : Int(outer[slot])
    }

    /// Where the value of `slot` stands that scope or resource give; −1 where none does.
    @inlinable public mutating func outerPosition(ofSlot slot: Int) -> Int { Int(outer[slot]) }

    /// The value at a position that `position(ofSlot:)` gave.
    @inlinable public mutating func attribute(at position: Int) -> AttributeValue { entries[position].value }

    /// A number that the reader of the view keeps beside a value; 0 when the slot got a new value.
    @inlinable public mutating func memo(at position: Int) -> UInt32 { entries[position].memo }

    /// Keeps a number beside the value at `position`.
    @inlinable public mutating func setMemo(_ memo: UInt32, at position: Int) {
        entries[position].memo = memo
    }

    /// Makes all memos 0, for a consumer whose numbers begin anew.
    package mutating func forgetMemos() {
        for position in 0..<entries.count { entries[position].memo = 0 }
    }

    /// Starts the span in `range`: nothing of it is known.
    @inline(__always) mutating func begin(stamp: UInt32, range: ByteRange) {
        spanStamp = stamp
        spanPresence = 0
        spanInts = 0
        spanDoubles = 0
        name = .empty
        traceID = .empty
        spanID = .empty
        parentSpanID = .empty
        statusMessage = .empty
        kind = 0
        statusCode = 0
        startNanoseconds = 0
        endNanoseconds = 0
        self.range = range
    }

    /// Forgets the attributes of scope and resource.
    mutating func forgetOuter() {
        outer.fill(with: -1)
        outerPresence = 0
    }

    /// Forgets the attributes of the scope; those of the resource stand again.
    mutating func forgetScope() {
        for slot in 0..<slotCount where outer[slot] >= 0 && Int(outer[slot]) < 2 * slotCount {
            let position = 2 * slotCount + slot
            let hasResource = entries[position].stamp == UInt32.max
            outer[slot] = hasResource ? Int32(position) : -1
            if !hasResource, slot < 64 { outerPresence &= ~(1 &<< UInt64(slot)) }
        }
    }

    /// Forgets the attributes of the resource and all that hang on it.
    mutating func forgetResource() {
        for slot in 0..<slotCount { entries[2 * slotCount + slot].stamp = 0 }
        forgetOuter()
    }

    /// Sets an attribute of the span; the first value of a key stays, OTLP says that keys are unique.
    ///
    /// HOT: per attribute that a pack reads (benchmark `decode`).
    @inline(__always) mutating func set(_ slot: Int, _ value: AttributeValue) {
        // SAFETY: slots are numbers of keys, and there is an entry for each.
        if entries[unchecked: slot].stamp == spanStamp { return }
        entries[unchecked: slot] = Entry(value: value, stamp: spanStamp, memo: 0)
        guard slot < 64 else { return }
        let bit: UInt64 = 1 &<< UInt64(truncatingIfNeeded: slot)
        spanPresence |= bit
        if value.kind == .int { spanInts |= bit }
        if value.kind == .double { spanDoubles |= bit }
    }

    /// Sets an attribute of the resource or scope; the first value of a key in its layer stays. A scope's that says
    /// nothing hides no resource's.
    mutating func setOuter(_ slot: Int, _ layer: Layer, _ value: AttributeValue) {
        let position = layer.rawValue * slotCount + slot
        let current = Int(outer[slot])
        if current >= 0, current <= position || value.saysNothing { return }
        entries[position] = Entry(value: value, stamp: layer == .resource ? UInt32.max : 0, memo: 0)
        outer[slot] = Int32(position)
        if slot < 64 { outerPresence |= 1 &<< UInt64(slot) }
    }

    /// Seconds from start to end; nil where the sender gave no times.
    @inlinable public var durationSeconds: Double? {
        mutating get { endNanoseconds == 0 ? nil : Double(endNanoseconds &- startNanoseconds) / 1e9 }
    }
}
