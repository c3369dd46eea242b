import TraceBuilder

/// Spans of made-up runs; times in milliseconds of a day in 2026.
struct Story {
    var trace: UInt8 = 1

    static let start: UInt64 = 1_795_000_000_000

    func span(
        _ name: String, id: UInt8, below parent: UInt8 = 0, _ times: ClosedRange<UInt64>,
        _ status: SpanContent.Status = .unset, _ attributes: Attributes = [:]
    ) -> SpanContent {
        var span = SpanContent(name, status: status, attributes)
        span.traceID = [UInt8](repeating: trace, count: 16)
        span.spanID = [0, 0, 0, 0, 0, 0, 0, id]
        span.parentSpanID = parent == 0 ? [] : [0, 0, 0, 0, 0, 0, 0, parent]
        span.startNanoseconds = (Self.start + times.lowerBound) * 1_000_000
        span.endNanoseconds = (Self.start + times.upperBound) * 1_000_000
        return span
    }

    /// A case of the runner with phases.
    func test(
        _ id: String, span number: UInt8, below parent: UInt8, _ times: ClosedRange<UInt64>,
        _ status: SpanContent.Status = .ok, failures: [(at: UInt64, message: String)] = []
    ) -> SpanContent {
        var span = span(id, id: number, below: parent, times, status, Self.attributes(of: id))
        span.events = failures.map { Self.event($0.at, $0.message) }
        return span
    }

    private static func event(_ time: UInt64, _ message: String) -> (String, UInt64, Attributes) {
        (
            "exception", (start + time) * 1_000_000,
            ["exception.type": "AssertionError", "exception.message": .text(message)]
        )
    }

    func phase(
        _ phase: String, of id: String, span number: UInt8, below parent: UInt8,
        _ times: ClosedRange<UInt64>, _ status: SpanContent.Status = .unset, failure: String? = nil
    ) -> SpanContent {
        var span = span(
            "\(id)::\(phase)", id: number, below: parent, times, status, Self.attributes(of: id))
        span.events = failure.map { [Self.event(times.upperBound, $0)] } ?? []
        return span
    }

    func run(
        _ name: String = "test run", span number: UInt8, below parent: UInt8 = 0,
        _ times: ClosedRange<UInt64>, _ status: SpanContent.Status = .ok
    ) -> SpanContent {
        span(name, id: number, below: parent, times, status, ["pytest.span_type": "run"])
    }

    private static func attributes(of id: String) -> Attributes {
        ["pytest.nodeid": .text(id), "pytest.span_type": "test", "code.filepath": "tests/t.py"]
    }
}

extension Replay {
    /// Takes in one request of these spans, whose resource is a usual one.
    mutating func apply(
        _ spans: SpanContent..., resource: Attributes = ["service.name": "shop"], scope: String = "tests"
    ) throws {
        try apply(TraceBody.bytes(resource: resource, scope: scope, spans))
    }
}
