import MetricModel
import Registry
import Testing

/// A scraper gives all samples of a page the time at which it asked. Its page shows spans that came a moment
/// later, and Prometheus drops the 0 of a series that was born in the millisecond of a sample.
@Suite struct `The birth of a series` {
    private static let asked: Int64 = 1_700_000_000_000

    @Test(arguments: [0, 1, 20, 99]) func `is told as before a scrape that was asked for then`(
        later: Int64
    ) throws {
        var staging = try Staging(SeriesLimits())
        staging.stage(["s", "e", "a", "b"])
        staging.apply(arrival: Self.asked + later)
        #expect(staging.registry.visible().allSatisfy { $0.created < Self.asked })
        #expect(staging.registry.visible().count == 1)
    }

    @Test func `stays unknown where it is not known`() throws {
        var staging = try Staging(SeriesLimits())
        staging.send(["s", "e", "a", "b"])
        #expect(staging.registry.visible().map(\.created) == [0])
    }
}
