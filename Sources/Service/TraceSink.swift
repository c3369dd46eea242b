package import MetricModel
package import OTLP

/// Takes whole request bodies from the receivers; the service's pipeline conforms, and so does the tests' fake.
package protocol TraceSink: Sendable {
    /// Decodes, derives and applies one request body, all or nothing.
    ///
    /// Called on an event loop, by several loops at once; it must not block on I/O.
    ///
    /// - Parameters:
    ///   - body: the protobuf `ExportTraceServiceRequest`, already decompressed; may be empty.
    ///   - wire: the receiver it came through.
    func export(_ body: RawSpan, via wire: WireProtocol) -> ExportOutcome
}
