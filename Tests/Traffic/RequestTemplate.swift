import ProtobufWriter

/// One pre-built OTLP request and the places in it that every sending must change.
package struct RequestTemplate: Sendable {
    /// The bytes of an `ExportTraceServiceRequest`, without any framing.
    package let bytes: [UInt8]
    package let spans: [SpanPlaces]

    /// Byte offsets in `bytes` of the fields that make a span new.
    package struct SpanPlaces: Sendable {
        let traceID: Int
        let spanID: Int
        let start: Int
        let end: Int
        let durationNanoseconds: UInt64
    }

    /// Requests that together hold every label set at least twice.
    ///
    /// - Parameters:
    ///   - batch: spans in a request.
    ///   - isTest: whether spans are cases of tests; else they are an app's, of the same size and as many labels.
    package static func all(batch: Int, isTest: Bool = true) -> [RequestTemplate] {
        let sets = LabelSet.all()
        let count = max(1, (2 * sets.count + batch - 1) / batch)
        return (0..<count).map { request in
            RequestTemplate(
                sets: (0..<batch).map { sets[(request * batch + $0) % sets.count] }, isTest: isTest)
        }
    }

    init(sets: [LabelSet], isTest: Bool = true) {
        var spanBodies: [(bytes: [UInt8], places: SpanPlaces)] = []
        spanBodies.reserveCapacity(sets.count)
        for (index, set) in sets.enumerated() {
            spanBodies.append(Self.span(set, isTest: isTest, salt: index))
        }

        // Lengths go before contents, so the heads of the enclosing messages are written from inside out.
        var scopeSpans = ProtobufWriter()
        scopeSpans.message(1) { scope in
            scope.string(1, "otel_metrics")
            scope.string(2, "0.3.0")
        }
        var places: [SpanPlaces] = []
        places.reserveCapacity(sets.count)
        for span in spanBodies {
            scopeSpans.data(2, span.bytes)
            places.append(span.places.moved(by: scopeSpans.bytes.count - span.bytes.count))
        }
        var resourceSpans = ProtobufWriter()
        resourceSpans.message(1, Self.resource)
        resourceSpans.data(2, scopeSpans.bytes)
        var request = ProtobufWriter()
        request.data(1, resourceSpans.bytes)

        let moved = request.bytes.count - scopeSpans.bytes.count
        bytes = request.bytes
        spans = places.map { $0.moved(by: moved) }
    }

    private static func resource(_ writer: inout ProtobufWriter) {
        writer.attribute(1, "telemetry.sdk.language", .string("python"))
        writer.attribute(1, "telemetry.sdk.name", .string("opentelemetry"))
        writer.attribute(1, "telemetry.sdk.version", .string("1.45.2"))
        writer.attribute(1, "service.instance.id", .string("f22749dd-9507-4abc-873a-943744d931e6"))
        writer.attribute(1, "service.name", .string("jira-assistant-routing-tests"))
        writer.attribute(1, "service.version", .string("0a1b2c3"))
        writer.attribute(1, "deployment.environment", .string("ci"))
    }

    private static func span(
        _ set: LabelSet, isTest: Bool, salt: Int
    ) -> (bytes: [UInt8], places: SpanPlaces) {
        // Any spread will do, as long as it is the same in every run: latencies of 0.3 to 9 s.
        let latency = 0.3 + Double((salt &* 7_919 &+ set.testNumber &* 104_729) % 8_700) / 1_000
        var writer = ProtobufWriter()
        writer.data(1, [UInt8](repeating: 0, count: 16))
        let traceID = writer.bytes.count - 16
        writer.data(2, [UInt8](repeating: 0, count: 8))
        let spanID = writer.bytes.count - 8
        writer.string(5, set.spanName(isTest: isTest))
        writer.integer(6, 1)
        writer.fixed64(7, 0)
        let start = writer.bytes.count - 8
        writer.fixed64(8, 0)
        let end = writer.bytes.count - 8
        writer.attribute(9, "retry_count", .int(set.ending.retryCount))
        writer.attribute(9, "api_latency", .double(latency))
        writer.attribute(9, "token_input", .int(1_200 + salt % 3_000))
        writer.attribute(9, "token_output", .int(20 + salt % 400))
        writer.attribute(9, "worker_id", .string(set.worker))
        writer.attribute(9, "error_type", .string(set.ending.errorType))
        writer.attribute(9, "skill.name", .string(set.skill))
        writer.attribute(9, isTest ? "expected_skill" : "step.wanted_by", .string(set.skill))
        writer.attribute(9, isTest ? "actual_skill" : "step.done_by", .string(set.skill))
        writer.attribute(9, "model", .string("claude-sonnet-4-5"))
        writer.message(15) { status in
            if !set.ending.isPassed {
                status.string(2, "AssertionError: the request went to another skill than expected")
            }
            status.integer(3, set.ending.isPassed ? 1 : 2)
        }
        writer.fixed32(16, 0x100)
        return (
            writer.bytes,
            SpanPlaces(
                traceID: traceID,
                spanID: spanID,
                start: start,
                end: end,
                durationNanoseconds: UInt64(latency * 1_000_000_000)
            )
        )
    }
}

extension RequestTemplate.SpanPlaces {
    fileprivate func moved(by offset: Int) -> Self {
        Self(
            traceID: traceID + offset,
            spanID: spanID + offset,
            start: start + offset,
            end: end + offset,
            durationNanoseconds: durationNanoseconds
        )
    }
}
