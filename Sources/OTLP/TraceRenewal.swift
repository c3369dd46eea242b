/// Makes recorded spans new: other ids, later times, the same story.
///
/// Only bytes of fixed length change, so that a body keeps its size: times of spans and events move, ids of traces,
/// spans, parents and links are mixed with one number, so that they still refer to each other.
package struct TraceRenewal: Sendable {
    /// Nanoseconds that are added to every time.
    private let shift: UInt64
    /// Mixed into every id.
    private let salt: UInt64

    /// - Parameters:
    ///   - newest: the end of the newest span of all bodies, in nanoseconds since 1970.
    ///   - now: when it is to end.
    ///   - salt: a number for this time; ids that were renewed by another one are others.
    package init(newest: UInt64, now: UInt64, salt: UInt64) {
        shift = now &- newest
        self.salt = salt
    }

    /// When the newest span of a request ends, in nanoseconds since 1970; nil where it has none.
    ///
    /// - Throws: where `body` is no request of spans.
    package static func newestEnd(of body: RawSpan) throws(WireError) -> UInt64? {
        var newest: UInt64?
        try walk(WireCursor(start: 0, end: body.byteCount), .request, body) { place in
            guard case .end(let offset) = place else { return }
            let time = UInt64(littleEndian: body.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
            newest = max(newest ?? 0, time)
        }
        return newest
    }

    /// Changes all spans of a request.
    ///
    /// - Throws: where `body` is no request of spans; it is unchanged then.
    package func renew(_ body: inout [UInt8]) throws(WireError) {
        var places: [Place] = []
        try Self.walk(WireCursor(start: 0, end: body.count), .request, body.span.bytes) { places.append($0) }
        for place in places {
            switch place {
            case .time(let offset), .end(let offset): Self.change(&body, at: offset) { $0 &+ shift }
            case .id(let offset): Self.change(&body, at: offset) { $0 ^ salt }
            }
        }
    }

    /// Where eight bytes are that change. Of a trace id these are the last ones.
    private enum Place {
        case time(Int)
        /// The time at which a span ends.
        case end(Int)
        case id(Int)
    }

    /// What messages lie in which, as far as something in them changes.
    private enum Message {
        case request, resource, scope, span, event, link

        /// The message of a field.
        func inner(_ field: UInt32) -> Message? {
            switch (self, field) {
            case (.request, 1): .resource
            case (.resource, 2): .scope
            case (.scope, 2): .span
            case (.span, 11): .event
            case (.span, 13): .link
            default: nil
            }
        }

        /// How many bytes the id of a field has.
        func idByteCount(_ field: UInt32) -> Int? {
            switch (self, field) {
            case (.span, 1), (.link, 1): 16
            case (.span, 2), (.span, 4), (.link, 2): 8
            default: nil
            }
        }
    }

    private static func walk(
        _ start: WireCursor, _ message: Message, _ body: RawSpan, _ found: (Place) -> Void
    ) throws(WireError) {
        var cursor = start
        while !cursor.isAtEnd {
            let tag = try cursor.tag(body)
            let field = tag >> 3
            if tag & 7 == 1 {
                let offset = cursor.offset
                _ = try cursor.fixed64(body)
                switch (message, field) {
                case (.span, 7), (.event, 1): found(.time(offset))
                case (.span, 8): found(.end(offset))
                default: break
                }
            } else if tag & 7 == 2 {
                let range = try cursor.bytes(body)
                if let inner = message.inner(field) {
                    try walk(WireCursor(range), inner, body, found)
                } else if let count = message.idByteCount(field), Int(range.count) == count {
                    found(.id(Int(range.offset) + count - 8))
                }
            } else {
                try cursor.skip(tag, body)
            }
        }
    }

    /// An id or a time of 0 says that there is none, and stays.
    private static func change(_ body: inout [UInt8], at offset: Int, _ change: (UInt64) -> UInt64) {
        var value: UInt64 = 0
        for place in 0..<8 { value |= UInt64(body[offset + place]) << (8 * UInt64(place)) }
        guard value != 0 else { return }
        value = change(value)
        for place in 0..<8 { body[offset + place] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(place))) }
    }
}
