import Exposition
import MetricModel
import Testing

@Suite struct `Pages of the text format` {
    /// A table with every kind of instrument and labels of every kind, in an order that is not the page's.
    static func page(reversed: Bool = false) throws -> Page {
        let buckets = try BucketLayout(bounds: [0.005, 0.5, 1, 10])
        let direction = try LabelName("direction")
        var page = try Page(
            labels: ["service", "environment", "span_name"],
            instruments: [
                Instrument(metric: try MetricName("work_seconds"), kind: .histogram(buckets)),
                Instrument(
                    metric: try MetricName("tokens_total"), kind: .counter,
                    fixedLabel: FixedLabel(name: direction, value: "input")),
                Instrument(
                    metric: try MetricName("tokens_total"), kind: .counter,
                    fixedLabel: FixedLabel(name: direction, value: "output")),
                Instrument(metric: try MetricName("calls_total"), kind: .counter),
                Instrument(metric: try MetricName("target_info"), kind: .info),
            ],
            help: [
                "calls_total": "Calls of \"work\".", "tokens_total": "Two lines,\none back\\slash.",
                "work_seconds": "Duration in seconds.", "target_info": "Services; always 1.",
            ])
        let series: [(names: [String], isOverflow: Bool, amounts: [Double?], cells: [UInt64])] = [
            (["shop", "ci", "GET /items"], false, [1.25, 10, nil, 3, 1], [0, 2, 1, 0, 0]),
            (["shop", "ci", ""], false, [0, nil, nil, 0, nil], [0, 0, 0, 0, 0]),
            (["shop", "ci", "größe \"\\\n"], false, [1e-7, nil, 2.5, 1, nil], [1, 0, 0, 0, 0]),
            (["", "default", "a"], false, [1e21, 1e15, nil, 8_000_000_000_000_000, 1], [0, 0, 0, 0, 1]),
            (["shop", "ci", "__overflow__"], true, [7, 1, 1, 4, 1], [1, 1, 1, 1, 0]),
            (["shop", "ci", "__overflow__"], false, [0.5, nil, nil, 1, 1], [0, 1, 0, 0, 0]),
            (["shop", "", ""], true, [0.1 + 0.2, nil, nil, 2, 1], [0, 2, 0, 0, 0]),
        ]
        for (number, one) in reversed ? series.enumerated().reversed() : Array(series.enumerated()) {
            // The second series' start is not known.
            page.add(
                one.names.map { Array($0.utf8) }, isOverflow: one.isOverflow, amounts: one.amounts,
                cells: one.cells, created: number == 1 ? 0 : 1_700_000_000_000 + Int64(number) * 1_001)
        }
        return page
    }

    @Test func `look as recorded`() throws {
        try Golden.check(String(decoding: try Self.page().rendered(), as: UTF8.self), "page.txt")
    }

    @Test(arguments: [1, 2, 3, 1_000]) func `do not depend on the order in which series came`(step: Int)
        throws
    {
        let expected = try Self.page().rendered()
        #expect(try Self.page().rendered(step: step) == expected)
        #expect(try Self.page(reversed: true).rendered(step: step) == expected)
    }

    @Test func `have HELP and TYPE once a metric, before its samples`() throws {
        let text = String(decoding: try Self.page().rendered(), as: UTF8.self)
        var described: [Substring] = []
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            if words[0] == "#" {
                if words[1] == "HELP" { described.append(words[2]) }
                #expect(words[2] == described.last)
            } else {
                let current = try #require(described.last)
                #expect(words[0].hasPrefix(current))
            }
        }
        #expect(described == ["calls_total", "target_info", "tokens_total", "work_seconds"])
        #expect(text.hasSuffix("\n"))
    }

    @Test func `have one order for random series, however these come`() throws {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of page order: \(seed)")
        var random = Steps(state: seed)
        let letters = ["a", "b", "\"", "\\", "é", "{", ",", ""]
        var keys: Set<[String]> = []
        for _ in 0..<500 {
            keys.insert((0..<2).map { _ in (0..<4).map { _ in letters[random.next(8)] }.joined() })
        }
        func rendered(_ keys: [[String]], step: Int) throws -> [UInt8] {
            let counter = Instrument(metric: try MetricName("x_total"), kind: .counter)
            var page = try Page(labels: ["a", "b"], instruments: [counter])
            for key in keys { page.add(key[0], key[1], amounts: [1]) }
            return page.rendered(step: step)
        }
        let first = try rendered(keys.sorted { $0.joined() < $1.joined() }, step: 1_000)
        let second = try rendered(keys.shuffled(), step: 1 + random.next(100))
        #expect(first == second, "seed \(seed)")
        let lines = first.split(separator: UInt8(ascii: "\n")).dropFirst(2)
        #expect(Set(lines).count == keys.count, "seed \(seed)")
    }

    /// A linear congruential generator, for tests that can be repeated.
    struct Steps {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
    }
}
