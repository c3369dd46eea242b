/// Reads a protobuf `ExportTraceServiceRequest` span by span, without allocating.
///
/// Unknown fields are skipped, a field with another wire type than the schema's counts as unknown, the last
/// of a repeated scalar wins and repeated messages merge, as protobuf says. What no pack reads is skipped
/// unread, so that nesting costs nothing. Differential-tested against protobuf-c.
///
/// Source of the field numbers: opentelemetry-proto `trace/v1/trace.proto`.
package struct TraceReader: ~Copyable, Sendable {
    /// The current span, after `next` returned true.
    package var span: SpanView
    private let keys: AttributeKeys
    private var request = WireCursor(.empty)
    private var resourceSpans = WireCursor(.empty)
    private var scopeSpans = WireCursor(.empty)
    private var stamp: UInt32 = 0

    /// - Parameter keys: the attribute keys to read; all others are skipped.
    package init(keys: AttributeKeys) {
        self.keys = keys
        span = SpanView(slotCount: keys.keys.count)
    }

    /// Starts over with a new body, which every `next` is then given.
    ///
    /// - Throws: `WireError` when the body is too large for 32-bit offsets.
    package mutating func begin(_ body: RawSpan) throws(WireError) {
        guard body.byteCount <= Int(Int32.max) else { throw WireError(offset: 0, reason: .tooLarge) }
        request = WireCursor(start: 0, end: body.byteCount)
        resourceSpans = WireCursor(.empty)
        scopeSpans = WireCursor(.empty)
        // Stamps are never reused: before they wrap, everything is forgotten.
        if stamp > UInt32.max / 2 {
            span = SpanView(slotCount: keys.keys.count)
            stamp = 0
        }
        try beginResource(body)
    }

    /// Goes to the next span; false at the end of the body.
    ///
    /// HOT: per span (benchmark `decode`).
    package mutating func next(_ body: RawSpan) throws(WireError) -> Bool {
        while true {
            while !scopeSpans.isAtEnd {
                let tag = try scopeSpans.tag(body)
                if tag == 0x12 {
                    try readSpan(try scopeSpans.bytes(body), body)
                    return true
                }
                try scopeSpans.skip(tag, body)
            }
            if try nextScope(body) { continue }
            if try nextResource(body) { continue }
            return false
        }
    }

    private mutating func nextResource(_ body: RawSpan) throws(WireError) -> Bool {
        while !request.isAtEnd {
            let tag = try request.tag(body)
            if tag == 0x0A {
                resourceSpans = WireCursor(try request.bytes(body))
                try beginResource(body)
                return true
            }
            try request.skip(tag, body)
        }
        return false
    }

    private mutating func nextScope(_ body: RawSpan) throws(WireError) -> Bool {
        while !resourceSpans.isAtEnd {
            let tag = try resourceSpans.tag(body)
            if tag == 0x12 {
                scopeSpans = WireCursor(try resourceSpans.bytes(body))
                try beginScope(body)
                return true
            }
            try resourceSpans.skip(tag, body)
        }
        return false
    }

    /// Reads the resource, which may stand behind its spans, before any of them.
    private mutating func beginResource(_ body: RawSpan) throws(WireError) {
        span.forgetResource()
        var cursor = resourceSpans
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            if tag == 0x0A {
                try readAttributes(of: try cursor.bytes(body), field: 0x0A, .resource, body)
            } else {
                try cursor.skip(tag, body)
            }
        }
    }

    private mutating func beginScope(_ body: RawSpan) throws(WireError) {
        span.forgetScope()
        stamp &+= 1
        span.outerStamp = stamp
        span.scopeName = .empty
        span.scopeVersion = .empty
        var cursor = scopeSpans
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            if tag == 0x0A {
                try readScope(try cursor.bytes(body), body)
            } else {
                try cursor.skip(tag, body)
            }
        }
    }

    private mutating func readScope(_ range: ByteRange, _ body: RawSpan) throws(WireError) {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x0A: span.scopeName = try cursor.bytes(body)
            case 0x12: span.scopeVersion = try cursor.bytes(body)
            case 0x1A: try readAttribute(try cursor.bytes(body), .scope, body)
            default: try cursor.skip(tag, body)
            }
        }
    }

    private mutating func readAttributes(
        of range: ByteRange, field: UInt32, _ layer: SpanView.Layer, _ body: RawSpan
    ) throws(WireError) {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            if tag == field {
                try readAttribute(try cursor.bytes(body), layer, body)
            } else {
                try cursor.skip(tag, body)
            }
        }
    }

    /// Reads a `KeyValue` message.
    ///
    /// HOT: per attribute (benchmark `decode`). Every client sends key, then value, both shorter than 128
    /// bytes in most cases: that form is read at once, any other field by field.
    @inline(__always)
    private mutating func readAttribute(
        _ range: ByteRange, _ layer: SpanView.Layer, _ body: RawSpan
    ) throws(WireError) {
        let start = Int(range.offset)
        let count = Int(range.count)
        // SAFETY: the range was checked to lie in the body, and each load below lies in the range.
        guard count >= 4, body.unsafeLoad(fromUncheckedByteOffset: start, as: UInt8.self) == 0x0A else {
            return try readAnyAttribute(range, layer, body)
        }
        let keyCount = Int(body.unsafeLoad(fromUncheckedByteOffset: start + 1, as: UInt8.self))
        let valueCount = count - keyCount - 4
        guard keyCount < 0x80, valueCount >= 0, valueCount < 0x80,
            body.unsafeLoad(fromUncheckedByteOffset: start + 2 + keyCount, as: UInt8.self) == 0x12,
            Int(body.unsafeLoad(fromUncheckedByteOffset: start + 3 + keyCount, as: UInt8.self)) == valueCount
        else { return try readAnyAttribute(range, layer, body) }
        let key = ByteRange(offset: range.offset + 2, count: Int32(truncatingIfNeeded: keyCount))
        let slot = keys.slot(key, body)
        guard slot >= 0 else { return }
        let value = ByteRange(
            offset: range.offset + 4 + Int32(truncatingIfNeeded: keyCount),
            count: Int32(truncatingIfNeeded: valueCount)
        )
        set(slot, layer, try AttributeValue.read(value, body))
    }

    /// Reads a `KeyValue` message whatever the order, number and size of its fields.
    private mutating func readAnyAttribute(
        _ range: ByteRange, _ layer: SpanView.Layer, _ body: RawSpan
    ) throws(WireError) {
        var cursor = WireCursor(range)
        var key = ByteRange.empty
        var value = ByteRange.empty
        var valueCount = 0
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x0A: key = try cursor.bytes(body)
            case 0x12:
                value = try cursor.bytes(body)
                valueCount += 1
            default: try cursor.skip(tag, body)
            }
        }
        let slot = keys.slot(key, body)
        guard slot >= 0 else { return }
        let read = valueCount > 1 ? try Self.mergedValue(range, body) : try AttributeValue.read(value, body)
        set(slot, layer, read)
    }

    @inline(__always)
    private mutating func set(_ slot: Int, _ layer: SpanView.Layer, _ value: AttributeValue) {
        if layer == .span {
            span.set(slot, value)
        } else {
            span.setOuter(slot, layer, value)
        }
    }

    /// The value of a `KeyValue` that carries it in several pieces.
    private static func mergedValue(_ range: ByteRange, _ body: RawSpan) throws(WireError) -> AttributeValue {
        var cursor = WireCursor(range)
        var merged = AttributeValue(kind: .empty)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            guard tag == 0x12 else {
                try cursor.skip(tag, body)
                continue
            }
            let piece = try AttributeValue.read(try cursor.bytes(body), body)
            if piece.kind != .empty { merged = piece }
        }
        return merged
    }

    /// HOT: per span (benchmark `decode`).
    private mutating func readSpan(_ range: ByteRange, _ body: RawSpan) throws(WireError) {
        stamp &+= 1
        span.begin(stamp: stamp)
        span.name = .empty
        span.traceID = .empty
        span.spanID = .empty
        span.parentSpanID = .empty
        span.statusMessage = .empty
        span.kind = 0
        span.statusCode = 0
        span.startNanoseconds = 0
        span.endNanoseconds = 0
        span.byteCount = Int(range.count)
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x0A: span.traceID = try cursor.bytes(body)
            case 0x12: span.spanID = try cursor.bytes(body)
            case 0x22: span.parentSpanID = try cursor.bytes(body)
            case 0x2A: span.name = try cursor.bytes(body)
            case 0x30: span.kind = try cursor.enumeration(body)
            case 0x39: span.startNanoseconds = try cursor.fixed64(body)
            case 0x41: span.endNanoseconds = try cursor.fixed64(body)
            case 0x4A: try readAttribute(try cursor.bytes(body), .span, body)
            case 0x7A: try readStatus(try cursor.bytes(body), body)
            default: try cursor.skip(tag, body)
            }
        }
    }

    private mutating func readStatus(_ range: ByteRange, _ body: RawSpan) throws(WireError) {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x12: span.statusMessage = try cursor.bytes(body)
            case 0x18: span.statusCode = try cursor.enumeration(body)
            default: try cursor.skip(tag, body)
            }
        }
    }
}
