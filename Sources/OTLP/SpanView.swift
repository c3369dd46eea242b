/// One span as it stands in the body, with the attributes that packs read in numbered slots.
///
/// Reused from span to span: a slot counts only while its stamp is that of the current span, scope or
/// resource, so that nothing is cleared. Valid until the reader's next step.
package struct SpanView: ~Copyable {
    package var name = ByteRange.empty
    package var traceID = ByteRange.empty
    package var spanID = ByteRange.empty
    package var parentSpanID = ByteRange.empty
    package var statusMessage = ByteRange.empty
    /// OTLP's number: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer; others are kept.
    package var kind: UInt64 = 0
    /// OTLP's number: 0 unset, 1 ok, 2 error; others are kept.
    package var statusCode: UInt64 = 0
    /// Nanoseconds since 1970; 0 where the sender left it out.
    package var startNanoseconds: UInt64 = 0
    /// Nanoseconds since 1970; 0 where the sender left it out.
    package var endNanoseconds: UInt64 = 0
    /// The encoded size of the span.
    package var byteCount = 0
    package var scopeName = ByteRange.empty
    package var scopeVersion = ByteRange.empty

    /// Slots of all layers: resource, scope, span, `slotCount` each.
    var values: [AttributeValue]
    var stamps: [UInt32]
    /// A number that the reader of the view keeps beside each slot; 0 when the slot gets a new value.
    package var memos: [UInt32]
    /// The stamps of the current resource, scope and span.
    var resourceStamp: UInt32 = 0
    var scopeStamp: UInt32 = 0
    var spanStamp: UInt32 = 0
    private let slotCount: Int

    init(slotCount: Int) {
        self.slotCount = slotCount
        values = [AttributeValue](repeating: .absent, count: slotCount * 3)
        stamps = [UInt32](repeating: 0, count: slotCount * 3)
        memos = [UInt32](repeating: 0, count: slotCount * 3)
    }

    /// The layers of attributes, nearest last.
    enum Layer: Int {
        case resource, scope, span
    }

    /// Where the nearest value of `slot` stands in `attribute(at:)` and `memos`, span before scope before
    /// resource; −1 where none has one.
    ///
    /// HOT: per attribute that a meter reads (benchmark `derive`).
    package func position(ofSlot slot: Int) -> Int {
        if stamps[2 * slotCount + slot] == spanStamp { return 2 * slotCount + slot }
        if stamps[slotCount + slot] == scopeStamp { return slotCount + slot }
        if stamps[slot] == resourceStamp { return slot }
        return -1
    }

    /// The value at a position that `position(ofSlot:)` gave.
    package func attribute(at position: Int) -> AttributeValue { values[position] }

    /// Makes all memos 0, for a consumer whose numbers begin anew.
    package mutating func forgetMemos() {
        for position in memos.indices { memos[position] = 0 }
    }

    /// Keeps the first value of a key; OTLP says that keys are unique.
    mutating func set(_ slot: Int, _ layer: Layer, _ value: AttributeValue) {
        let position = layer.rawValue * slotCount + slot
        let stamp =
            switch layer {
            case .resource: resourceStamp
            case .scope: scopeStamp
            case .span: spanStamp
            }
        if stamps[position] == stamp { return }
        stamps[position] = stamp
        values[position] = value
        memos[position] = 0
    }

    /// Seconds from start to end; nil where the sender gave no times.
    package var durationSeconds: Double? {
        endNanoseconds == 0 ? nil : Double(endNanoseconds &- startNanoseconds) / 1e9
    }
}
