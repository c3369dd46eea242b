/// Why a span that could be read is refused; the raw value is the label `reason`.
@usableFromInline package enum SpanDefect: String, CaseIterable, Sendable {
    /// A trace id that is neither 16 bytes nor absent.
    case traceID = "trace_id_length"
    /// A span or parent id that is neither 8 bytes nor absent.
    case spanID = "span_id_length"
    /// It ends before it starts, or ends without having started.
    case times = "impossible_times"
}

extension SpanView {
    /// What makes this span malformed, if anything. Ids may be missing or zero: such spans are counted too.
    ///
    /// HOT: per span (benchmark `derive`).
    @inlinable package var defect: SpanDefect? {
        mutating get {
            if traceID.count != 16, traceID.count != 0 { return .traceID }
            if spanID.count != 8, spanID.count != 0 { return .spanID }
            if parentSpanID.count != 8, parentSpanID.count != 0 { return .spanID }
            if endNanoseconds < startNanoseconds { return .times }
            if startNanoseconds == 0, endNanoseconds != 0 { return .times }
            return nil
        }
    }
}
