/// What makes a span that is sent again the same span: trace id, span id and kind, as words in the order of
/// their bytes.
public struct SpanIdentity: BitwiseCopyable, Equatable, Sendable {
    /// The trace id's first and last eight bytes.
    public let trace: (UInt64, UInt64)
    /// The span id.
    public let span: UInt64
    /// OTLP's number of the kind.
    public let kind: UInt64

    /// Whether the sender gave ids at all: both, and neither all zero.
    @inlinable public var isKnown: Bool { trace.0 | trace.1 != 0 && span != 0 }

    /// The identity of a span without ids.
    public static let unknown = SpanIdentity(trace: (0, 0), span: 0, kind: 0)

    /// An identity of these words.
    @inlinable public init(trace: (UInt64, UInt64), span: UInt64, kind: UInt64) {
        self.trace = trace
        self.span = span
        self.kind = kind
    }

    /// Whether both are of the same span.
    @inlinable public static func == (left: SpanIdentity, right: SpanIdentity) -> Bool {
        left.trace == right.trace && left.span == right.span && left.kind == right.kind
    }
}
