import OTLP
import Testing
import TraceSamples

@Suite struct `Span defects` {
    private func defect(of sample: SampleSpan) throws -> SpanDefect? {
        let body = sample.body
        let bytes = body.span.bytes
        var reader = TraceReader(keys: AttributeKeys([]))
        try reader.begin(bytes)
        let hasSpan = try reader.next(bytes)
        #expect(hasSpan)
        let defect = reader.span.defect
        let facts = try #require(SpanFacts.oracle(body, keys: [])?.first)
        #expect(facts.isWellFormed == (defect == nil))
        return defect
    }

    @Test(arguments: 0...40)
    func `a trace id has 16 bytes or is absent`(count: Int) throws {
        var sample = SampleSpan()
        sample.traceID = [UInt8](repeating: 0, count: count)
        #expect(try defect(of: sample) == (count == 16 || count == 0 ? nil : .traceID))
    }

    @Test(arguments: 0...40)
    func `a span id and a parent's have 8 bytes or are absent`(count: Int) throws {
        var sample = SampleSpan()
        sample.spanID = [UInt8](repeating: 0, count: count)
        let expected: SpanDefect? = count == 8 || count == 0 ? nil : .spanID
        #expect(try defect(of: sample) == expected)
        var child = SampleSpan()
        child.parentSpanID = [UInt8](repeating: 9, count: count)
        #expect(try defect(of: child) == expected)
    }

    @Test(
        arguments: [
            (0, 0, nil), (5, 5, nil), (5, 6, nil), (1, UInt64.max, nil), (UInt64.max, UInt64.max, nil),
            (6, 5, SpanDefect.times), (5, 0, .times), (0, 5, .times), (UInt64.max, 0, .times),
            (UInt64.max, 1, .times),
        ] as [(UInt64, UInt64, SpanDefect?)])
    func `a span starts, and ends not before that`(start: UInt64, end: UInt64, expected: SpanDefect?) throws {
        var sample = SampleSpan()
        sample.start = start
        sample.end = end
        #expect(try defect(of: sample) == expected)
    }
}
