import Exposition
import MetricModel
import Testing

@Suite struct `Messages of remote write` {
    /// A counter with a fixed label, an info and a histogram of two series, and a family of our own.
    static func batch(labels: [(name: String, value: String)] = [("job", "spanmeter")]) throws
        -> RemoteWriteBatch
    {
        let direction = FixedLabel(name: try LabelName("direction"), value: "in")
        var page = try Page(
            labels: ["service", "Zone"],
            instruments: [
                Instrument(metric: try MetricName("t_bytes_total"), kind: .counter, fixedLabel: direction),
                Instrument(
                    metric: try MetricName("d_seconds"), kind: .histogram(try BucketLayout(bounds: [0.5, 1]))),
                Instrument(metric: try MetricName("s_info"), kind: .info),
            ], help: ["d_seconds": "Two\nlines."])
        page.add("b \"\\\n", "eu", amounts: [2, 1.5, nil], cells: [1, 0, 2], created: 1_000)
        page.add("a", "", amounts: [1, nil, 1], cells: [0, 0, 0])
        let own = PlainFamily(
            name: "own_total", kind: .counter, help: "Own.",
            samples: [.init(labels: [("job", "mine"), ("empty", "")], value: 3)], created: 2_000)
        return page.remoteWrite(timestamp: 5_000, labels: labels, own: [own])
    }

    static let series = [
        "{Zone=\"eu\",__name__=\"d_seconds_bucket\",job=\"spanmeter\",le=\"0.5\",service=\"b \"\\\n\"} 1 @5000",
        "{Zone=\"eu\",__name__=\"d_seconds_bucket\",job=\"spanmeter\",le=\"1.0\",service=\"b \"\\\n\"} 1 @5000",
        "{Zone=\"eu\",__name__=\"d_seconds_bucket\",job=\"spanmeter\",le=\"+Inf\",service=\"b \"\\\n\"} 3 @5000",
        "{Zone=\"eu\",__name__=\"d_seconds_sum\",job=\"spanmeter\",service=\"b \"\\\n\"} 1.5 @5000",
        "{Zone=\"eu\",__name__=\"d_seconds_count\",job=\"spanmeter\",service=\"b \"\\\n\"} 3 @5000",
        "{__name__=\"s_info\",job=\"spanmeter\",service=\"a\"} 1 @5000",
        "{__name__=\"t_bytes_total\",direction=\"in\",job=\"spanmeter\",service=\"a\"} 1 @5000",
        "{Zone=\"eu\",__name__=\"t_bytes_total\",direction=\"in\",job=\"spanmeter\",service=\"b \"\\\n\"} 2 @5000",
        "{__name__=\"own_total\",job=\"mine\"} 3 @5000",
    ]

    @Test func `have every sample with sorted labels in version 1`() throws {
        let push = try #require(DecodedPush(version1: Self.batch().version1()))
        #expect(push.series == Self.series)
        #expect(
            push.metadata == [
                "d_seconds: 3 'Two\nlines.' 'seconds'", "s_info: 2 'Help.' ''",
                "t_bytes_total: 1 'Help.' 'bytes'",
                "own_total: 1 'Own.' ''",
            ])
    }

    @Test func `have the same samples in version 2, and say when series began`() throws {
        let push = try #require(DecodedPush(version2: Self.batch().version2()))
        let starts = [1_000, 1_000, 1_000, 1_000, 1_000, 0, 0, 1_000, 2_000]
        #expect(push.series == zip(Self.series, starts).map { $1 == 0 ? $0 : "\($0) from \($1)" })
        #expect(push.metadata.first == "3 'Two\nlines.' 'seconds'")
        #expect(push.metadata.last == "1 'Own.' ''")
    }

    @Test func `have each text once in version 2, the empty one first`() throws {
        let push = try #require(DecodedPush(version2: Self.batch().version2()))
        #expect(push.symbols.first == "")
        #expect(Set(push.symbols).count == push.symbols.count)
    }

    @Test(arguments: [1, 2, 4, 8, 9, 100]) func `can be cut into requests of any size`(size: Int) throws {
        var batch = try Self.batch()
        var series: [String] = []
        while batch.sampleCount > 0 {
            let taken = batch.takeFirst(size)
            #expect(taken.sampleCount <= size)
            let first = try #require(DecodedPush(version1: taken.version1()))
            let second = try #require(DecodedPush(version2: taken.version2()))
            #expect(first.series.count == taken.sampleCount && second.series.count == taken.sampleCount)
            // Only what the request's series need.
            #expect(Set(first.metadata).count <= first.series.count)
            series += first.series
        }
        #expect(series == Self.series)
    }

    @Test func `leave a series the labels it has`() throws {
        let push = try #require(
            DecodedPush(version1: Self.batch(labels: [("service", "x"), ("instance", "h")]).version1()))
        #expect(push.series[5] == "{__name__=\"s_info\",instance=\"h\",service=\"a\"} 1 @5000")
        #expect(
            push.series[8] == "{__name__=\"own_total\",instance=\"h\",job=\"mine\",service=\"x\"} 3 @5000")
    }
}
