import MetricModel
import OTLP

extension SpanView {
    /// What makes the span the same when it is sent again; `unknown` where it has no ids.
    ///
    /// HOT: per span (benchmark `derive`).
    @inline(__always) mutating func identity(_ body: RawSpan) -> SpanIdentity {
        guard traceID.count == 16, spanID.count == 8 else { return .unknown }
        let trace = Int(traceID.offset)
        return SpanIdentity(
            trace: (
                body.unsafeLoadUnaligned(fromByteOffset: trace, as: UInt64.self),
                body.unsafeLoadUnaligned(fromByteOffset: trace + 8, as: UInt64.self)
            ),
            span: body.unsafeLoadUnaligned(fromByteOffset: Int(spanID.offset), as: UInt64.self), kind: kind
        )
    }
}
