import OTLP
import Reports

/// Turns an app's telemetry into spans, which go the way of all spans: one for each event, of its name and length,
/// failed where the event did, each in a trace of its own.
struct TelemetrySpans {
    let telemetry: TelemetryExport
    let origin: ReportOrigin
    private let identity: ContentIdentity

    /// - Parameter content: the whole file.
    init(_ telemetry: TelemetryExport, content: [UInt8], origin: ReportOrigin) {
        self.telemetry = telemetry
        self.origin = origin
        identity = ContentIdentity(content, origin)
    }

    /// The requests, in the order in which they are to be sent.
    func requests() -> [[UInt8]] {
        var writer = SpanWriter(resource: origin.resource)
        var requests: [[UInt8]] = []
        for (number, event) in telemetry.events.enumerated() {
            for (key, value) in event.attributes.sorted(by: { $0.key < $1.key }) {
                writer.add(key, Self.value(value))
            }
            writer.add(span(UInt64(number) + 1, event))
            if writer.count == ReportOrigin.spanCountMax { requests.append(writer.finish()) }
        }
        if writer.count > 0 { requests.append(writer.finish()) }
        return requests
    }

    private func span(_ number: UInt64, _ event: TelemetryExport.Event) -> SpanWriter.Span {
        let length = UInt64(event.seconds * 1e9)
        let milliseconds = max(0, min(event.end ?? origin.written, Int64.max / 1_000_000))
        let end = max(UInt64(milliseconds) * 1_000_000, length)
        return SpanWriter.Span(
            name: event.name, trace: (identity.trace.0, identity.trace.1 &+ number),
            id: identity.firstID | number,
            start: end - length, end: end, isError: event.isFailure)
    }

    private static func value(_ value: TelemetryExport.Value) -> SpanWriter.Value {
        switch value {
        case .text(let text): .text(text)
        case .number(let number): .number(number)
        case .truth(let truth): .truth(truth)
        }
    }
}
