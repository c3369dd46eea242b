import Packs
import Testing
import TraceBuilder

@Suite struct `Aliases and layers` {
    /// Where an attribute may stand.
    enum Layer: CaseIterable { case span, scope, resource }

    /// A body whose one span sees these attributes, each in its layer.
    static func body(_ attributes: [(Layer, String, AttributeContent)]) -> [UInt8] {
        // KeyValuePairs cannot be made from pairs; one attribute a layer and key is enough for these tests.
        func one(_ layer: Layer) -> Attributes {
            let own = attributes.filter { $0.0 == layer }
            switch own.count {
            case 0: return [:]
            case 1: return [own[0].1: own[0].2]
            default: return [own[0].1: own[0].2, own[1].1: own[1].2]
            }
        }
        return TraceBody.bytes(
            resource: one(.resource), scopeAttributes: one(.scope), [SpanContent("work", one(.span))])
    }

    /// What the layers hold, and which value `[first.key, second.key]` is as a label and as an amount.
    static let readings: [(attributes: [(Layer, String, AttributeContent)], text: String?, number: Double?)] =
        [
            ([], nil, nil),
            ([(.span, "first.key", 1)], "1", 1),
            ([(.scope, "first.key", 1)], "1", 1),
            ([(.resource, "first.key", 1)], "1", 1),
            ([(.span, "first.key", 1), (.scope, "first.key", 2), (.resource, "first.key", 3)], "1", 1),
            ([(.scope, "first.key", 2), (.resource, "first.key", 3)], "2", 2),
            ([(.scope, "first.key", ""), (.resource, "first.key", 3)], "3", 3),
            ([(.scope, "first.key", .empty), (.resource, "first.key", 3)], "3", 3),
            ([(.span, "second.key", 1), (.resource, "first.key", 3)], "3", 3),
            ([(.span, "first.key", 1), (.span, "second.key", 2)], "1", 1),
            ([(.span, "second.key", 2), (.span, "first.key", 1)], "1", 1),
            ([(.span, "first.key", 1), (.span, "first.key", 2)], "1", 1),
            ([(.span, "first.key", ""), (.span, "second.key", 2)], "2", 2),
            ([(.span, "first.key", "soon"), (.span, "second.key", 2)], "soon", 2),
            ([(.span, "first.key", .double(.nan)), (.resource, "second.key", "2")], "nan", 2),
            ([(.span, "first.key", "soon"), (.resource, "first.key", 3)], "soon", 3),
            ([(.span, "first.key", ""), (.resource, "first.key", 3), (.span, "second.key", 2)], "3", 3),
        ]

    @Test(arguments: readings) func `are asked in order, the nearest layer first`(
        attributes: [(Layer, String, AttributeContent)], text: String?, number: Double?
    ) throws {
        let probe = try Probe("[first.key, second.key]", body: Self.body(attributes))
        #expect(probe.text == text)
        #expect(probe.number == number)
        #expect(probe.refusal == nil)
    }

    @Test func `a scope's attributes end with it`() throws {
        let spans = [SpanContent()]
        let bodies =
            TraceBody.bytes(scopeAttributes: ["a.b": "one"], spans)
            + TraceBody.bytes(resource: ["a.b": "two"], spans) + TraceBody.bytes(spans)
        let probe = try Scraped(
            [bodies],
            sources: [
                .init(
                    file: "x",
                    text: """
                        pack: probe
                        meters: [{ on: "true", labels: { value: a.b }, counters: { x_total: 1 } }]
                        """)
            ])
        #expect(probe.series("x_total").sorted() == ["{value=\"one\"} 1", "{value=\"two\"} 1", "{} 1"])
    }
}
