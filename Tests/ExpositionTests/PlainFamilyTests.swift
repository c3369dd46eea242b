import Exposition
import MetricModel
import Testing

@Suite struct `Families of our own` {
    static func text(_ family: PlainFamily) -> String {
        var bytes: [UInt8] = []
        TextFormat.append(family, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func `are rendered whole`() {
        let family = PlainFamily(
            name: "own_seconds", kind: .histogram, help: "Back\\slash, \"quotes\"\nand lines.",
            samples: [
                .init(labels: [("a", "x\"\\\n")], bounds: [0.5, 1], counts: [2, 0, 1], sum: 0.25),
                .init(bounds: [0.5, 1], counts: [0, 0, 0], sum: .nan),
            ], created: 1_700_000_000_000)
        #expect(
            Self.text(family) == """
                # HELP own_seconds Back\\\\slash, "quotes"\\nand lines.
                # TYPE own_seconds histogram
                own_seconds_bucket{a="x\\"\\\\\\n",le="0.5"} 2
                own_seconds_bucket{a="x\\"\\\\\\n",le="1"} 2
                own_seconds_bucket{a="x\\"\\\\\\n",le="+Inf"} 3
                own_seconds_sum{a="x\\"\\\\\\n"} 0.25
                own_seconds_count{a="x\\"\\\\\\n"} 3
                own_seconds_bucket{le="0.5"} 0
                own_seconds_bucket{le="1"} 0
                own_seconds_bucket{le="+Inf"} 0
                own_seconds_sum NaN
                own_seconds_count 0

                """)
    }

    @Test func `are left out while they have no sample`() {
        #expect(Self.text(PlainFamily(name: "own_total", kind: .counter, help: "None.", samples: [])) == "")
    }
}
