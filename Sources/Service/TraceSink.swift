package import MetricModel
package import OTLP

/// Takes whole request bodies from the receivers; the service's pipeline conforms, and so does the tests' fake.
package protocol TraceSink: Sendable {
    /// Decodes, derives and applies one request body, all or nothing.
    ///
    /// Called on an event loop, by several loops at once; it must not block on I/O. What has to wait for I/O is
    /// answered later, through `answer`.
    ///
    /// - Parameters:
    ///   - body: the protobuf `ExportTraceServiceRequest`, already decompressed; may be empty. Valid during the
    ///     call only.
    ///   - wire: the receiver it came through.
    ///   - answer: where the outcome goes when nil is returned; useless otherwise.
    /// - Returns: the outcome where it is known at once; nil where `answer` gets it later, exactly once. A request
    ///   that is never answered holds up its connection and the drain.
    func export(_ body: RawSpan, via wire: WireProtocol, answer: PendingAnswer) -> ExportOutcome?
}
