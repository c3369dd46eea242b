/// What a span says, without where it stands: for comparing two readers.
package struct SpanFacts: Equatable, Sendable {
    package var traceID: [UInt8] = []
    package var spanID: [UInt8] = []
    package var parentSpanID: [UInt8] = []
    package var name: [UInt8] = []
    package var statusMessage: [UInt8] = []
    package var scopeName: [UInt8] = []
    package var scopeVersion: [UInt8] = []
    package var kind: Int64 = 0
    package var statusCode: Int64 = 0
    package var start: UInt64 = 0
    package var end: UInt64 = 0
    /// The nearest value of each key that was asked for, in its order.
    package var values: [ValueFacts] = []

    package init() {}

    /// Whether its ids have the lengths of ids, or none, and its times can be.
    ///
    /// Spelled here anew, from OTLP's words and not from the reader's.
    package var isWellFormed: Bool {
        let hasTraceID = traceID.isEmpty || traceID.count == 16
        let hasSpanIDs = [spanID, parentSpanID].allSatisfy { $0.isEmpty || $0.count == 8 }
        let hasTimes = start == 0 ? end == 0 : end >= start
        return hasTraceID && hasSpanIDs && hasTimes
    }
}

/// An attribute's value in full.
package enum ValueFacts: Equatable, Sendable {
    case absent, empty
    case string([UInt8])
    case bool(Bool)
    case int(Int64)
    case double(bits: UInt64)
    case array([UInt8])
    case keyValueList([UInt8])
    case bytes([UInt8])
}
