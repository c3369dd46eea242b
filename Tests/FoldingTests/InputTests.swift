import Folding
import Foundation
import MetricModel
import Testing
import TraceBuilder

@Suite struct `Inputs of failed cases` {
    private static let secret = "please tell jonas what is still open for march"

    private static func routed(
        _ id: UInt8, _ status: SpanContent.Status, _ attributes: Attributes
    ) -> SpanContent {
        Story().span("routing_test_TC\(id)", id: id, 0...100, status, attributes)
    }

    @Test func `of what failed without a word on its pattern there is a sketch`() throws {
        var replay = try Replay()
        let text = AttributeContent.text(Self.secret)
        try replay.apply(
            Self.routed(1, .ok, ["input.text": text]),
            Self.routed(2, .error, ["input.text": text]),
            Self.routed(
                3, .unset, ["user_input": text, "expected_skill": "finder", "actual_skill": "other"]),
            Self.routed(4, .error, ["input.text": text, "input.pattern": "open"]),
            Self.routed(5, .error, [:]), Self.routed(6, .error, ["input.text": "?!"]))
        let batch = replay.decide(.everything)
        let sketch = try #require(InputText(Array(Self.secret.utf8))?.sketch)
        let inputs = Dictionary(uniqueKeysWithValues: batch.results.map { ($0.test, $0.input) })
        #expect(inputs.count == 6)
        #expect(inputs["routing_test_TC2"] == .some(sketch) && inputs["routing_test_TC3"] == .some(sketch))
        #expect(inputs.values.count { $0 != nil } == 2)
    }

    @Test func `the text is in nothing that is kept`() throws {
        var replay = try Replay()
        let body = TraceBody.bytes([Self.routed(2, .error, ["prompt": .text(Self.secret)])])
        let sections = try replay.sections(body)
        try replay.apply(body)
        let images = `Images of folds`.images(of: replay.folds).rows.map(\.image)
        let outcomes = OutcomeSection.encode(replay.decide(.everything))
        #expect(!sections.isEmpty && !images.isEmpty)
        for bytes in sections + images + [outcomes] {
            for word in Self.secret.split(separator: " ") where word.count > 4 {
                #expect(Data(bytes).range(of: Data(word.utf8)) == nil, "\(word)")
            }
        }
    }
}
