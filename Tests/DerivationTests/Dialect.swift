import Testing
import TraceBuilder

/// What a client sends of some calls, and what happened.
struct Dialect: CustomTestStringConvertible, Sendable {
    let name: String
    /// Children before their parents, as clients send them.
    let spans: [SpanContent]
    let truth: Truth
    var scope = "tests"

    var testDescription: String { name }

    struct Truth: Equatable, Sendable {
        var calls = 1.0
        var errors = 0.0
        var retries = 0.0
        /// All input, whether cached or not.
        var input = 0.0
        var cacheRead = 0.0
        var cacheWrite = 0.0
        var output = 0.0
        var tools = 0.0
        var failedTools = 0.0
        /// In USD, as the spans say it.
        var cost = 0.0
        /// Calls whose cost nobody knows.
        var unpriced = 0.0
        /// Seconds to the first part of all streams.
        var wait = 0.0
    }

    init(_ name: String, scope: String = "tests", _ spans: [SpanContent], _ truth: Truth) {
        self.name = name
        self.scope = scope
        self.spans = spans
        self.truth = truth
    }

    /// A span of the client's trace, a second after the last and as long, unless it says otherwise.
    static func span(
        _ name: String, _ id: UInt8 = 1, below parent: UInt8? = nil, kind: SpanContent.Kind = .internal,
        status: SpanContent.Status = .unset, at offset: Double = 0, seconds: Double = 0.8,
        _ attributes: Attributes
    ) -> SpanContent {
        var span = SpanContent(name, kind: kind, status: status, attributes)
        span.spanID = [0, 0, 0, 0, 0, 0, 1, id]
        span.parentSpanID = parent.map { [0, 0, 0, 0, 0, 0, 1, $0] } ?? []
        span.startNanoseconds += UInt64(offset * 1e9)
        span.endNanoseconds = span.startNanoseconds + UInt64(seconds * 1e9)
        return span
    }

    /// A span with an event that many milliseconds behind its start.
    static func sending(
        _ span: SpanContent, event: String, milliseconds: UInt64, _ attributes: Attributes = [:]
    ) -> SpanContent {
        var span = span
        span.events.append((event, span.startNanoseconds + milliseconds * 1_000_000, attributes))
        return span
    }
}
