import Derivation
import Packs
import Testing
import TraceSamples

/// Protobuf lets a scope stand behind its spans.
@Suite struct `A scope behind its spans` {
    private func span(_ name: String) -> [UInt8] {
        var span = WireWriter()
        span.field(5, Array(name.utf8))
        span.field(9, SampleSpan.attribute("tests.status", Array("passed".utf8)))
        return span.bytes
    }

    private func scopeSpans(_ spans: [[UInt8]], scope: String, isLate: Bool) -> [UInt8] {
        var writer = WireWriter()
        if !isLate { writer.field(1, WireWriter.field(1, Array(scope.utf8))) }
        for span in spans { writer.field(2, span) }
        if isLate { writer.field(1, WireWriter.field(1, Array(scope.utf8))) }
        return writer.bytes
    }

    private func body(_ scopes: [[UInt8]]) -> [UInt8] {
        var resourceSpans = WireWriter()
        for scope in scopes { resourceSpans.field(2, scope) }
        return WireWriter.field(1, resourceSpans.bytes)
    }

    @Test func `labels them like one before, and none is counted twice`() throws {
        let body = body([
            scopeSpans([span("Running a"), span("other")], scope: "early", isLate: false),
            scopeSpans([span("Running b"), span("Running c")], scope: "late", isLate: true),
        ])
        let scraped = try Scraped([body, body], sources: PackSource.builtIn + [AttemptsPack.source])
        #expect(scraped.sum("attempts_total", "suite=\"early\"") == 2)
        #expect(scraped.sum("attempts_total", "suite=\"late\"") == 4)
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 8)
        #expect(scraped.counts.map(\.spans) == [4, 4])
    }

    @Test func `labels them in a request of several batches`() throws {
        // More rows than one batch takes, so that some are handed over before the scope is met.
        let many = (0..<20_000).map { span("name \($0)") }
        let body = body([
            scopeSpans(many, scope: "early", isLate: false),
            scopeSpans([span("Running b")], scope: "late", isLate: true),
        ])
        let scraped = try Scraped([body], sources: PackSource.builtIn + [AttemptsPack.source])
        #expect(scraped.sum("attempts_total", "suite=\"late\"") == 1)
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 20_001)
        #expect(scraped.counts.map(\.spans) == [20_001])
    }
}
