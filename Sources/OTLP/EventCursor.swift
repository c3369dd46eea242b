/// Steps over the events of one span, which the reader of spans leaves unread.
package struct EventCursor: Sendable {
    private var cursor: WireCursor

    /// - Parameter span: where the span's message stands; see `SpanView.range`.
    package init(_ span: ByteRange) { cursor = WireCursor(span) }

    /// The next event; nil behind the last.
    ///
    /// - Throws: `WireError` for bytes that are no span.
    package mutating func next(_ body: RawSpan) throws(WireError) -> SpanEvent? {
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            guard tag == 0x5A else {
                try cursor.skip(tag, body)
                continue
            }
            return try SpanEvent(try cursor.bytes(body), body)
        }
        return nil
    }
}

/// An event of a span as it stands in the body.
package struct SpanEvent: BitwiseCopyable, Sendable {
    /// Nanoseconds since 1970; 0 where the sender left it out.
    package private(set) var nanoseconds: UInt64 = 0
    /// UTF-8 by the format, not checked.
    package private(set) var name = ByteRange.empty
    private let range: ByteRange

    init(_ range: ByteRange, _ body: RawSpan) throws(WireError) {
        self.range = range
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            switch tag {
            case 0x09: nanoseconds = try cursor.fixed64(body)
            case 0x12: name = try cursor.bytes(body)
            default: try cursor.skip(tag, body)
            }
        }
    }

    /// The value of the attribute `key`; the first where there are several.
    ///
    /// - Throws: `WireError` for bytes that are no event.
    package func attribute(_ key: [UInt8], _ body: RawSpan) throws(WireError) -> AttributeValue {
        var cursor = WireCursor(range)
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            guard tag == 0x1A else {
                try cursor.skip(tag, body)
                continue
            }
            var pair = WireCursor(try cursor.bytes(body))
            var isWanted = false
            var value = AttributeValue.absent
            while !pair.isAtEnd {
                let tag = try pair.tag(body)
                switch tag {
                case 0x0A: isWanted = try pair.bytes(body).holds(key, in: body)
                case 0x12: value = try AttributeValue.read(try pair.bytes(body), body)
                default: try pair.skip(tag, body)
                }
            }
            if isWanted { return value }
        }
        return .absent
    }
}
