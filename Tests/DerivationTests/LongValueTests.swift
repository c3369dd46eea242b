import Derivation
import Testing
import TraceSamples

/// Ten megabytes where a few letters are usual, and nesting without an end.
@Suite struct `Long values` {
    private static let byteCount = 10 << 20

    @Test(arguments: [
        ("a", 256), ("é", 128), ("日", 85), ("😀", 64), ("\n", 256), ("a\u{301}", 85),
    ])
    func `a label's value is cut at 256 bytes, between two characters`(unit: String, count: Int) throws {
        var sample = SampleSpan()
        let text = String(repeating: unit, count: Self.byteCount / unit.utf8.count)
        sample.resource = [SampleSpan.attribute("service.name", Array(text.utf8))]
        let scraped = try Scraped([sample.body], enabled: ["spanmetrics"])
        let escaped = unit == "\n" ? "\\n" : unit
        let rest = unit == "a\u{301}" ? "a" : ""
        let label = "service=\"" + String(repeating: escaped, count: count) + rest + "\""
        #expect(scraped.sum("traces_spanmetrics_calls_total", label) == 1)
    }

    @Test func `bytes that are no UTF-8 become replacement characters, cut between two of them`() throws {
        var sample = SampleSpan()
        sample.resource = [
            SampleSpan.attribute("service.name", [UInt8](repeating: 0x80, count: Self.byteCount))
        ]
        let scraped = try Scraped([sample.body], enabled: ["spanmetrics"])
        let label = "service=\"" + String(repeating: "\u{FFFD}", count: 85) + "\""
        #expect(scraped.sum("traces_spanmetrics_calls_total", label) == 1)
    }

    @Test func `a span's name is cut like every value`() throws {
        var sample = SampleSpan()
        sample.name = [UInt8](repeating: 0x62, count: Self.byteCount)
        let scraped = try Scraped([sample.body], enabled: ["spanmetrics"])
        let label = "span_name=\"" + String(repeating: "b", count: 256) + "\""
        #expect(scraped.sum("traces_spanmetrics_calls_total", label) == 1)
    }

    @Test func `a value that no pack reads changes nothing`() throws {
        var sample = SampleSpan()
        let plain = try Scraped([sample.body], enabled: ["spanmetrics"])
        sample.attributes = [
            SampleSpan.attribute("unread", [UInt8](repeating: 0x62, count: Self.byteCount)),
            SampleSpan.attribute("unread.too", anyValue: SampleSpan.nestedArray(depth: 100_000)),
        ]
        let long = try Scraped([sample.body], enabled: ["spanmetrics"])
        let isSize = { (line: String) in line.hasPrefix("traces_spanmetrics_size_total") }
        #expect(long.lines.filter { !isSize($0) } == plain.lines.filter { !isSize($0) })
    }

    @Test func `an array 100,000 deep in an attribute that packs read is no value, and harmless`() throws {
        var sample = SampleSpan()
        sample.name = Array("routing_test_a".utf8)
        let deep = SampleSpan.nestedArray(depth: 100_000)
        sample.attributes = ["skill.name", "retry_count", "expected_skill", "cost_usd", "worker_id"].map {
            SampleSpan.attribute($0, anyValue: deep)
        }
        let scraped = try Scraped([sample.body])
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 1)
        #expect(scraped.sum("routing_test_retries_total") == 0)
    }

    @Test func `a malformed span counts as malformed alone`() throws {
        var wrong = SampleSpan()
        wrong.spanID = [1, 2, 3]
        var late = SampleSpan()
        late.end = 1
        let scraped = try Scraped([wrong.body + SampleSpan().body + late.body])
        #expect(scraped.counts.map(\.spans) == [3])
        #expect(scraped.counts.map(\.malformed) == [2])
        #expect(scraped.sum("traces_spanmetrics_calls_total") == 1)
    }
}
