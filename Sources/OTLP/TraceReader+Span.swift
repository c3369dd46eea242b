import Bytes

// What is read in short forms here is what every client sends: fields in the order of the schema, tags and
// lengths of one byte. Any other form is left to `readField`, so that both together take all that protobuf
// allows.
extension TraceReader {
    /// Reads the span in `range`.
    ///
    /// HOT: per span (benchmark `decode`).
    mutating func readSpan(_ range: ByteRange, _ body: RawSpan) throws(WireError) {
        stamp &+= 1
        span.begin(stamp: stamp, range: range)
        var offset = Int(range.offset)
        let end = offset &+ Int(range.count)
        offset = readHead(offset, end, body)
        while offset < end {
            let next = readShort(offset, end, body)
            offset = next >= 0 ? next : try readField(offset, end, body)
        }
        // An id of zeros is none.
        // SAFETY: the range was read in the body.
        if span.parentSpanID.count == 8, body.eightBytes(Int(span.parentSpanID.offset)) == 0 {
            span.parentSpanID = .empty
        }
    }

    /// Reads what stands before a span's attributes, as far as it is there in the usual form and order.
    ///
    /// - Returns: where it stopped.
    @inline(__always) private mutating func readHead(_ start: Int, _ end: Int, _ body: RawSpan) -> Int {
        var offset = start
        // SAFETY: each load ends at or before `end`. Here: 18 + 10 + 10 bytes of ids, and 2 of what follows.
        if end &- offset >= 40 {
            if body.twoBytes(offset) == 0x100A {
                span.traceID = ByteRange(at: offset &+ 2, count: 16)
                offset &+= 18
            }
            if body.twoBytes(offset) == 0x0812 {
                span.spanID = ByteRange(at: offset &+ 2, count: 8)
                offset &+= 10
            }
            if body.twoBytes(offset) == 0x0822 {
                span.parentSpanID = ByteRange(at: offset &+ 2, count: 8)
                offset &+= 10
            }
            let name = body.twoBytes(offset)
            let count = Int(name &>> 8)
            if name & 0x80FF == 0x002A, count <= end &- offset &- 2 {
                span.name = ByteRange(at: offset &+ 2, count: count)
                offset &+= 2 &+ count
            }
        }
        // SAFETY: 2 bytes of the kind, and 9 of each time.
        if end &- offset >= 20 {
            let kind = body.twoBytes(offset)
            if kind & 0x80FF == 0x0030 {
                span.kind = UInt64(kind &>> 8)
                offset &+= 2
            }
            if body.byte(offset) == 0x39 {
                span.startNanoseconds = body.eightBytes(offset &+ 1)
                offset &+= 9
            }
            if body.byte(offset) == 0x41 {
                span.endNanoseconds = body.eightBytes(offset &+ 1)
                offset &+= 9
            }
        }
        return offset
    }

    /// Reads the attribute, status or flags at `offset` in its usual form.
    ///
    /// - Returns: where the next field begins; −1 where it is another field or has another form.
    @inline(__always) private mutating func readShort(_ offset: Int, _ end: Int, _ body: RawSpan) -> Int {
        // SAFETY: each load ends at or before `end`, or before `next`, which is checked against it.
        guard end &- offset >= 4 else { return -1 }
        let head = body.fourBytes(offset)
        let next = offset &+ 2 &+ Int(head &>> 8 & 0xFF)
        // An attribute whose first field is its key, both lengths below 128.
        if head & 0x80FF_80FF == 0x000A_004A {
            let keyCount = Int(head &>> 24)
            let value = offset &+ 4 &+ keyCount
            guard next <= end, value &+ 2 <= next else { return -1 }
            let valueHead = body.twoBytes(value)
            guard valueHead & 0x80FF == 0x0012, value &+ 2 &+ Int(valueHead &>> 8) == next else { return -1 }
            let slot = keys.slot(offset &+ 4, keyCount, body)
            if slot < 0 { return next }
            guard let read = AttributeValue.readShort(value &+ 2, next, body) else { return -1 }
            span.set(slot, read)
            return next
        }
        if head & 0x80FF == 0x007A {
            // A code, or a message of less than 128 bytes and a code.
            let message = Int(head &>> 24)
            guard next <= end else { return -1 }
            if next &- offset == 4, head & 0x80FF_0000 == 0x0018_0000 {
                span.statusCode = UInt64(message)
                return next
            }
            let code = offset &+ 4 &+ message
            guard head & 0x80FF_0000 == 0x0012_0000, code &+ 2 == next else { return -1 }
            let pair = body.twoBytes(code)
            guard pair & 0x80FF == 0x0018 else { return -1 }
            span.statusMessage = ByteRange(at: offset &+ 4, count: message)
            span.statusCode = UInt64(pair &>> 8)
            return next
        }
        // The flags, 32 bits, nobody reads.
        return head & 0xFFFF == 0x0185 && end &- offset >= 6 ? offset &+ 6 : -1
    }

    /// Reads any field of a span, whatever its form.
    ///
    /// - Returns: where the next one begins.
    @inline(never) private mutating func readField(
        _ offset: Int, _ end: Int, _ body: RawSpan
    ) throws(WireError) -> Int {
        var cursor = WireCursor(start: offset, end: end)
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
        return cursor.offset
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

    /// Reads a `KeyValue` message whatever the order, number and size of its fields.
    mutating func readAttribute(
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
        let slot = keys.slot(Int(key.offset), Int(key.count), body)
        guard slot >= 0 else { return }
        let read = valueCount > 1 ? try Self.mergedValue(range, body) : try AttributeValue.read(value, body)
        if layer == .span {
            span.set(slot, read)
        } else {
            span.setOuter(slot, layer, read)
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
}

// SAFETY: who calls these has shown that the bytes lie in the body; little-endian, as protobuf is.
extension RawSpan {
    @inline(__always) func byte(_ offset: Int) -> UInt8 {
        // SAFETY: see above.
        unsafeLoad(fromUncheckedByteOffset: offset, as: UInt8.self)
    }

    @inline(__always) func twoBytes(_ offset: Int) -> UInt32 {
        // SAFETY: see above.
        UInt32(UInt16(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt16.self)))
    }

    @inline(__always) func fourBytes(_ offset: Int) -> UInt32 {
        // SAFETY: see above.
        UInt32(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt32.self))
    }

    @inline(__always) func eightBytes(_ offset: Int) -> UInt64 {
        // SAFETY: see above.
        UInt64(littleEndian: unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self))
    }
}
