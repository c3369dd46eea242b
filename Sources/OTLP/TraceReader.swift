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
    /// How many keys there are.
    private let slotCount: Int
    var keys: KeyTable
    private var request = WireCursor(.empty)
    private var resourceSpans = WireCursor(.empty)
    private var scopeSpans = WireCursor(.empty)
    var stamp: UInt32 = 0
    /// Whether scopes are looked for behind their spans.
    package private(set) var looksAhead = true

    /// - Parameter keys: the attribute keys to read; all others are skipped.
    package init(keys: AttributeKeys) {
        slotCount = keys.keys.count
        self.keys = KeyTable(keys)
        span = SpanView(slotCount: slotCount)
    }

    /// Starts over with a new body, which every `next` is then given.
    ///
    /// Protobuf allows a scope to stand behind its spans, where no client puts it. Without `looksAhead`, `next`
    /// throws `lateScope` at such a one; then the same body is to be read once more with it, at the price of
    /// stepping over all spans of a scope before the first is read.
    ///
    /// - Throws: `WireError` when the body is too large for 32-bit offsets.
    package mutating func begin(_ body: RawSpan, looksAhead: Bool = true) throws(WireError) {
        self.looksAhead = looksAhead
        guard body.byteCount <= Int(Int32.max) else { throw WireError(offset: 0, reason: .tooLarge) }
        request = WireCursor(start: 0, end: body.byteCount)
        resourceSpans = WireCursor(.empty)
        scopeSpans = WireCursor(.empty)
        // Stamps are never reused: before they wrap, everything is forgotten.
        if stamp > UInt32.max / 2 {
            span = SpanView(slotCount: slotCount)
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
                if tag == 0x0A, !looksAhead { throw WireError(offset: scopeSpans.offset, reason: .lateScope) }
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

    /// Reads the scope before any of its spans: those in front of the first span, or all when looking ahead.
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
            } else if tag == 0x12, !looksAhead {
                return
            } else {
                try cursor.skip(tag, body)
            }
            if !looksAhead { scopeSpans = cursor }
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
}
