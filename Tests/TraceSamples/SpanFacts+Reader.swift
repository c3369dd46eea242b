import Bytes
package import OTLP

extension SpanFacts {
    /// The spans of `body` as the reader sees them.
    ///
    /// - Throws: `WireError` as the reader does.
    package static func read(
        _ body: [UInt8], with reader: inout TraceReader, slotCount: Int
    ) throws(WireError) -> [SpanFacts] {
        do {
            return try read(body, with: &reader, slotCount: slotCount, looksAhead: false)
        } catch {
            guard error.reason == .lateScope else { throw error }
            return try read(body, with: &reader, slotCount: slotCount, looksAhead: true)
        }
    }

    private static func read(
        _ body: [UInt8], with reader: inout TraceReader, slotCount: Int, looksAhead: Bool
    ) throws(WireError) -> [SpanFacts] {
        let bytes = body.span.bytes
        try reader.begin(bytes, looksAhead: looksAhead)
        var spans: [SpanFacts] = []
        while try reader.next(bytes) {
            spans.append(SpanFacts(&reader.span, slotCount: slotCount, body))
        }
        return spans
    }

    private init(_ span: inout SpanView, slotCount: Int, _ body: [UInt8]) {
        self.init()
        traceID = span.traceID.bytes(of: body)
        spanID = span.spanID.bytes(of: body)
        parentSpanID = span.parentSpanID.bytes(of: body)
        name = span.name.bytes(of: body)
        statusMessage = span.statusMessage.bytes(of: body)
        scopeName = span.scopeName.bytes(of: body)
        scopeVersion = span.scopeVersion.bytes(of: body)
        kind = Int64(bitPattern: span.kind)
        statusCode = Int64(bitPattern: span.statusCode)
        start = span.startNanoseconds
        end = span.endNanoseconds
        for slot in 0..<slotCount {
            let position = span.position(ofSlot: slot)
            let isPresent = position >= 0
            let kind = isPresent ? span.attribute(at: position).kind : .absent
            if slot < 64 {
                precondition(isPresent == (span.presence & (1 << UInt64(slot)) != 0), "presence lies")
                let own = position == slot ? kind : .absent
                precondition((own == .int) == span.spanInts.has(slot), "the ints lie")
                precondition((own == .double) == span.spanDoubles.has(slot), "the doubles lie")
            }
            values.append(isPresent ? ValueFacts(span.attribute(at: position), body) : .absent)
        }
    }
}

extension UInt64 {
    fileprivate func has(_ slot: Int) -> Bool { self & (1 << UInt64(slot)) != 0 }
}

extension ValueFacts {
    fileprivate init(_ value: AttributeValue, _ body: [UInt8]) {
        let bytes = value.range.bytes(of: body)
        self =
            switch value.kind {
            case .absent: .absent
            case .empty: .empty
            case .string: .string(bytes)
            case .bool: .bool(value.bits != 0)
            case .int: .int(Int64(bitPattern: value.bits))
            case .double: .double(bits: value.bits)
            case .array: .array(bytes)
            case .keyValueList: .keyValueList(bytes)
            case .bytes: .bytes(bytes)
            }
    }
}

extension ByteRange {
    /// The bytes here, as a copy.
    package func bytes(of body: [UInt8]) -> [UInt8] { Array(body[Int(offset)..<Int(offset) + Int(count)]) }
}
