import Exposition
import MetricModel
import Testing

@Suite struct `Lines of the text format` {
    static func counter(_ name: String = "x_total") throws -> Instrument {
        Instrument(metric: try MetricName(name), kind: .counter)
    }

    /// One series whose only label has this value, as it is rendered.
    static func line(_ value: [UInt8], amount: Double = 1) throws -> [UInt8] {
        var page = try Page(labels: ["a"], instruments: [counter()])
        page.add([value], amounts: [amount])
        let bytes = page.rendered()
        return Array(bytes.split(separator: UInt8(ascii: "\n")).last ?? [])
    }

    @Test(arguments: [
        ("plain", "plain"), ("back\\slash", "back\\\\slash"), ("\"quoted\"", "\\\"quoted\\\""),
        ("two\nlines", "two\\nlines"), ("\\n", "\\\\n"), ("\\\"\n", "\\\\\\\"\\n"),
        ("größe ✓ 🎉", "größe ✓ 🎉"),
        ("{a=\"b\"} 1", "{a=\\\"b\\\"} 1"), ("a,b=", "a,b="), ("tab\tcr\r", "tab\tcr\r"),
    ]) func `escape what would end a label's value`(value: String, escaped: String) throws {
        #expect(try Self.line(Array(value.utf8)) == Array("x_total{a=\"\(escaped)\"} 1".utf8))
    }

    @Test func `leave every other byte as it is`() throws {
        for byte in UInt8(0)...0xFF where ![0x0A, 0x22, 0x5C].contains(byte) {
            let expected = Array("x_total{a=\"".utf8) + [byte, byte] + Array("\"} 1".utf8)
            #expect(try Self.line([byte, byte]) == expected, "\(byte)")
        }
    }

    @Test(
        arguments: [
            (0, "0"), (1, "1"), (-0.0, "0"), (42, "42"), (-3, "-3"), (0.1, "0.1"), (1e-7, "1e-07"),
            (2.5, "2.5"),
            (123_456_789_012, "123456789012"), (8_999_999_999_999_999, "8999999999999999"), (1e21, "1e+21"),
            (1.7976931348623157e308, "1.7976931348623157e+308"),
            (2.2250738585072014e-308, "2.2250738585072014e-308"), (.infinity, "+Inf"),
            (-.infinity, "-Inf"), (.nan, "NaN"),
        ] as [(Double, String)])
    func `write numbers as Prometheus reads them`(value: Double, text: String) throws {
        #expect(TextFormat.number(value) == text)
        let line = String(decoding: try Self.line([0x78], amount: value), as: UTF8.self)
        #expect(line == "x_total{a=\"x\"} \(text)")
    }

    @Test func `write whole numbers of every length`() throws {
        var value = 1.0
        for digits in 1...15 {
            for amount in [value, value * 9 + 0.0, value * 10 - 1] {
                let line = String(decoding: try Self.line([0x78], amount: amount), as: UTF8.self)
                #expect(line == "x_total{a=\"x\"} \(Int(amount))", "\(digits) digits")
            }
            value *= 10
        }
    }

    @Test func `leave out empty labels, and braces around nothing`() throws {
        var page = try Page(labels: ["a", "b"], instruments: [Self.counter()])
        page.add("", "", amounts: [1])
        page.add("", "y", amounts: [2])
        page.add("x", "", amounts: [3])
        page.add("", "", isOverflow: true, amounts: [4])
        #expect(
            Set(page.lines()) == [
                "x_total 1", "x_total{b=\"y\"} 2", "x_total{a=\"x\"} 3",
                "x_total{otel_metric_overflow=\"true\"} 4",
            ])
    }

    @Test func `mark a series that stands for what is beyond a limit`() throws {
        var page = try Page(labels: ["a"], instruments: [Self.counter()])
        page.add("__overflow__", amounts: [1])
        page.add("__overflow__", isOverflow: true, amounts: [2])
        #expect(
            page.lines() == [
                "x_total{a=\"__overflow__\"} 1",
                "x_total{a=\"__overflow__\",otel_metric_overflow=\"true\"} 2",
            ])
    }

    @Test func `leave out an instrument that a series never touched`() throws {
        var page = try Page(labels: ["a"], instruments: [Self.counter(), Self.counter("y_total")])
        page.add("1", amounts: [1, nil])
        page.add("2", amounts: [nil, 0])
        #expect(page.lines() == ["x_total{a=\"1\"} 1", "y_total{a=\"2\"} 0"])
    }

    @Test(arguments: [0, 1, 1_000_000]) func `cumulate buckets up to the count`(scale: UInt64) throws {
        let buckets = try BucketLayout(bounds: [0.1, 1, 2.5])
        let histogram = Instrument(metric: try MetricName("d_seconds"), kind: .histogram(buckets))
        var page = try Page(labels: ["a"], instruments: [histogram])
        page.add("x", amounts: [3.5], cells: [1, 0, 2, 4].map { $0 * scale })
        page.add("", amounts: [0.5], cells: [0, 0, 0, scale])
        let counts = [1, 1, 3, 7].map { $0 * scale }
        #expect(
            page.lines() == [
                "d_seconds_bucket{le=\"0.1\"} 0", "d_seconds_bucket{le=\"1\"} 0",
                "d_seconds_bucket{le=\"2.5\"} 0",
                "d_seconds_bucket{le=\"+Inf\"} \(scale)", "d_seconds_sum 0.5", "d_seconds_count \(scale)",
                "d_seconds_bucket{a=\"x\",le=\"0.1\"} \(counts[0])",
                "d_seconds_bucket{a=\"x\",le=\"1\"} \(counts[1])",
                "d_seconds_bucket{a=\"x\",le=\"2.5\"} \(counts[2])",
                "d_seconds_bucket{a=\"x\",le=\"+Inf\"} \(counts[3])", "d_seconds_sum{a=\"x\"} 3.5",
                "d_seconds_count{a=\"x\"} \(counts[3])",
            ])
    }

    @Test func `add the label that tells instruments of a metric apart`() throws {
        let direction = try LabelName("direction")
        let instruments = try ["in \"1\"", "out"].map {
            Instrument(
                metric: try MetricName("t_total"), kind: .counter,
                fixedLabel: FixedLabel(name: direction, value: $0))
        }
        var page = try Page(labels: ["a"], instruments: instruments)
        page.add("x", amounts: [1, 2])
        page.add("", amounts: [3, nil])
        #expect(
            page.lines() == [
                "t_total{direction=\"in \\\"1\\\"\"} 3", "t_total{a=\"x\",direction=\"in \\\"1\\\"\"} 1",
                "t_total{a=\"x\",direction=\"out\"} 2",
            ])
    }
}
