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
                .init(suffix: "_bucket", labels: [("a", "x\"\\\n"), ("le", "+Inf")], value: 2),
                .init(suffix: "_sum", labels: [("a", "x")], value: 0.25),
                .init(suffix: "_count", value: .nan),
            ])
        #expect(
            Self.text(family) == """
                # HELP own_seconds Back\\\\slash, "quotes"\\nand lines.
                # TYPE own_seconds histogram
                own_seconds_bucket{a="x\\"\\\\\\n",le="+Inf"} 2
                own_seconds_sum{a="x"} 0.25
                own_seconds_count NaN

                """)
    }

    @Test func `are left out while they have no sample`() {
        #expect(Self.text(PlainFamily(name: "own_total", kind: .counter, help: "None.", samples: [])) == "")
    }
}
