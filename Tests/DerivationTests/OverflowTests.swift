import Packs
import Registry
import Testing
import TraceSamples

@Suite struct `Overflow series` {
    /// A span of `routing_test_api_calls_total`, whose only own label is the skill.
    private func body(service: String, skill: String?) -> [UInt8] {
        var sample = SampleSpan()
        sample.name = Array("routing_test_a".utf8)
        sample.resource = [SampleSpan.attribute("service.name", Array(service.utf8))]
        if let skill { sample.attributes = [SampleSpan.attribute("skill.name", Array(skill.utf8))] }
        return sample.body
    }

    @Test func `of one value too many and of no series left are the same where their labels are`() throws {
        let scraped = try Scraped(
            [
                body(service: "a", skill: nil), body(service: "b", skill: nil),
                body(service: "c", skill: "x"),
            ],
            limits: SeriesLimits(valuesPerLabel: 1, seriesPerMeter: 2)
        )
        let lines = scraped.lines.filter { $0.hasPrefix("routing_test_api_calls_total") }
        #expect(
            lines == [
                #"routing_test_api_calls_total{service="__overflow__",environment="default",otel_metric_overflow="true"} 2"#,
                #"routing_test_api_calls_total{service="a",environment="default"} 1"#,
            ])
    }
}
