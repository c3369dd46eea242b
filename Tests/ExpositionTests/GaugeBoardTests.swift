import Exposition
import MetricModel
import Testing

@Suite struct `A board of gauges` {
    private let board: GaugeBoard

    init() throws {
        let state = try LabelName("state")
        let metric = try MetricName("test_case_state")
        let instruments = [
            Instrument(metric: metric, kind: .gauge, fixedLabel: FixedLabel(name: state, value: "flaky")),
            Instrument(metric: metric, kind: .gauge, fixedLabel: FixedLabel(name: state, value: "new")),
            Instrument(metric: try MetricName("test_case_entropy"), kind: .gauge),
        ]
        let table = SeriesTableLayout(
            name: "tests/cases", labels: try ["service", "test"].map { try LabelName($0) },
            valueLimits: [nil, nil], instruments: instruments)
        let families = [
            MetricFamily(
                name: metric, kind: .gauge, help: "State.",
                sources: [.init(table: 0, instrument: 0), .init(table: 0, instrument: 1)]),
            MetricFamily(
                name: try MetricName("test_case_entropy"), kind: .gauge, help: "Entropy.",
                sources: [.init(table: 0, instrument: 2)]),
        ]
        board = GaugeBoard(catalog: MetricCatalog(tables: [table], families: families))
    }

    /// The lines of a page, made from labels that were rendered before or, without them, now.
    private func lines(_ known: LabelBlocks? = nil) -> [String] {
        let page = TextPage(prometheus: board.catalog)
        let blocks = known ?? self.blocks()
        var buffer = TextBuffer(byteCountTarget: 1 << 10)
        for (number, family) in board.catalog.families.enumerated() {
            for (column, source) in family.sources.enumerated() {
                var chunk = ValueChunk()
                board.values(
                    source, series: blocks.order[...], identities: blocks.identities, into: &chunk)
                page.renderers[number][column].append(
                    chunk, series: blocks.order[...], blocks: blocks, to: &buffer)
            }
        }
        var text: [UInt8] = []
        buffer.withBytes { text += $0 }
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    private func blocks() -> LabelBlocks {
        var blocks = LabelBlocks(board.catalog.tables[0])
        let (end, generation) = board.extent(ofTable: 0)
        blocks.update(to: generation)
        blocks.append(board.labels(table: 0, 0..<end))
        blocks.sort()
        return blocks
    }

    @Test func `shows nothing until something is published`() {
        #expect(lines() == [])
    }

    @Test func `shows what was published last, and no value where there is none`() {
        board.publish(
            table: 0,
            GaugeRows(labels: [["shop", "b"], ["shop", "a\"\n"]], values: [[1, 0, nil], [0, 1, 0.5]]))
        #expect(
            lines() == [
                "test_case_entropy{service=\"shop\",test=\"a\\\"\\n\"} 0.5",
                "test_case_state{service=\"shop\",test=\"a\\\"\\n\",state=\"flaky\"} 0",
                "test_case_state{service=\"shop\",test=\"b\",state=\"flaky\"} 1",
                "test_case_state{service=\"shop\",test=\"a\\\"\\n\",state=\"new\"} 1",
                "test_case_state{service=\"shop\",test=\"b\",state=\"new\"} 0",
            ])
        #expect(board.seriesCounts() == [2])
    }

    @Test func `keeps labels that were rendered as long as they are the same`() {
        board.publish(table: 0, GaugeRows(labels: [["shop", "a"]], values: [[nil, nil, 1]]))
        let rendered = blocks()
        let generation = board.extent(ofTable: 0).labelGeneration
        board.publish(table: 0, GaugeRows(labels: [["shop", "a"]], values: [[nil, nil, 2]]))
        #expect(board.extent(ofTable: 0).labelGeneration == generation)
        #expect(lines(rendered) == ["test_case_entropy{service=\"shop\",test=\"a\"} 2"])
    }

    @Test func `gives no row another one's labels`() {
        board.publish(
            table: 0,
            GaugeRows(labels: [["shop", "a"], ["shop", "b"]], values: [[nil, nil, 1], [nil, nil, 2]]))
        let rendered = blocks()
        board.publish(table: 0, GaugeRows(labels: [["shop", "b"]], values: [[nil, nil, 3]]))
        #expect(lines(rendered) == [])
        #expect(lines() == ["test_case_entropy{service=\"shop\",test=\"b\"} 3"])
    }

    @Test func `has empty labels for rows that have gone since they were counted`() {
        board.publish(table: 0, GaugeRows(labels: [["shop", "a"]], values: [[nil, nil, 1]]))
        let chunk = board.labels(table: 0, 0..<3)
        #expect(chunk.seriesCount == 3)
        #expect(chunk.identities.map { $0 == 0 } == [false, true, true])
        #expect(chunk.ends.count == 6)
    }
}
