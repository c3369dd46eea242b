import TraceOracle

extension SpanFacts {
    /// The spans of `body` as protobuf-c sees them; nil where it refuses the body.
    ///
    /// What OTLP has once and a body has repeatedly is merged here as protobuf's specification says: the last
    /// of each field wins. The oracle's schema says why protobuf-c does not do it.
    package static func oracle(_ body: [UInt8], keys: [[UInt8]]) -> [SpanFacts]? {
        guard let request = trace_oracle__request__unpack(nil, body.count, body) else { return nil }
        defer { trace_oracle__request__free_unpacked(request, nil) }
        var spans: [SpanFacts] = []
        let resources = messages(request.pointee.resource_spans, request.pointee.n_resource_spans)
        for resourceSpans in resources {
            let resource = messages(resourceSpans.resource, resourceSpans.n_resource).flatMap {
                messages($0.attributes, $0.n_attributes)
            }
            for scopeSpans in messages(resourceSpans.scope_spans, resourceSpans.n_scope_spans) {
                var scope: [TraceOracle__KeyValue] = []
                var empty = SpanFacts()
                for piece in messages(scopeSpans.scope, scopeSpans.n_scope) {
                    if piece.has_name != 0 { empty.scopeName = bytes(piece.name) }
                    if piece.has_version != 0 { empty.scopeVersion = bytes(piece.version) }
                    scope += messages(piece.attributes, piece.n_attributes)
                }
                for span in messages(scopeSpans.spans, scopeSpans.n_spans) {
                    var facts = empty
                    facts.fill(span)
                    let own = messages(span.attributes, span.n_attributes)
                    facts.values = keys.map { value(of: $0, own, scope, resource) }
                    spans.append(facts)
                }
            }
        }
        return spans
    }

    private mutating func fill(_ span: TraceOracle__Span) {
        traceID = Self.bytes(span.trace_id)
        spanID = Self.bytes(span.span_id)
        parentSpanID = Self.bytes(span.parent_span_id)
        // An id of zeros is none.
        if parentSpanID == [UInt8](repeating: 0, count: 8) { parentSpanID = [] }
        name = Self.bytes(span.name)
        kind = Int64(span.kind)
        start = span.start_time_unix_nano
        end = span.end_time_unix_nano
        for status in Self.messages(span.status, span.n_status) {
            if status.has_message != 0 { statusMessage = Self.bytes(status.message) }
            if status.has_code != 0 { statusCode = Int64(status.code) }
        }
    }

    /// The first value in the nearest layer; a scope's that says nothing hides no resource's.
    private static func value(
        of key: [UInt8], _ own: [TraceOracle__KeyValue], _ scope: [TraceOracle__KeyValue],
        _ resource: [TraceOracle__KeyValue]
    ) -> ValueFacts {
        func values(_ layer: [TraceOracle__KeyValue]) -> [ValueFacts] {
            layer.filter { bytes($0.key) == key }.map { attribute in
                messages(attribute.value, attribute.n_value).reduce(.empty) { ValueFacts($1) ?? $0 }
            }
        }
        if let value = values(own).first { return value }
        guard let outermost = values(resource).first else { return values(scope).first ?? .absent }
        return values(scope).first { $0 != .empty && $0 != .string([]) } ?? outermost
    }

    private static func messages<Message>(
        _ list: UnsafeMutablePointer<UnsafeMutablePointer<Message>?>?, _ count: Int
    ) -> [Message] {
        UnsafeBufferPointer(start: list, count: count).compactMap { $0?.pointee }
    }

    fileprivate static func bytes(_ data: ProtobufCBinaryData) -> [UInt8] {
        [UInt8](UnsafeBufferPointer(start: data.data, count: data.len))
    }
}

extension ValueFacts {
    /// nil where no field of the value is set.
    fileprivate init?(_ value: TraceOracle__AnyValue) {
        switch value.value_case {
        case TRACE_ORACLE__ANY_VALUE__VALUE_STRING_VALUE: self = .string(SpanFacts.bytes(value.string_value))
        case TRACE_ORACLE__ANY_VALUE__VALUE_BOOL_VALUE: self = .bool(value.bool_value != 0)
        case TRACE_ORACLE__ANY_VALUE__VALUE_INT_VALUE: self = .int(value.int_value)
        case TRACE_ORACLE__ANY_VALUE__VALUE_DOUBLE_VALUE: self = .double(bits: value.double_value.bitPattern)
        case TRACE_ORACLE__ANY_VALUE__VALUE_ARRAY_VALUE: self = .array(SpanFacts.bytes(value.array_value))
        case TRACE_ORACLE__ANY_VALUE__VALUE_KVLIST_VALUE:
            self = .keyValueList(SpanFacts.bytes(value.kvlist_value))
        case TRACE_ORACLE__ANY_VALUE__VALUE_BYTES_VALUE: self = .bytes(SpanFacts.bytes(value.bytes_value))
        default: return nil
        }
    }
}
