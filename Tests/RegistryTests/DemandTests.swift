import Registry
import Testing

@Suite struct `Demand for label values` {
    @Test func `is exact below the limit`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 100))
        for number in 0..<100 { staging.send(["s", "e", "\(number)", number % 2 == 0 ? "x" : ""]) }
        #expect(staging.registry.statistics().tables[0].valueDemand == [1, 1, 100, 1])
    }

    @Test(arguments: [120, 500, 2_000, 10_000, 100_000]) func `is estimated beyond it`(count: Int) throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 100))
        for number in 0..<count {
            staging.stage(["s", "e", "value \(number)", ""])
            // Again, which must not count twice.
            staging.stage(["s", "e", "value \(number / 2)", ""])
            if number % 1_000 == 0 { staging.apply() }
        }
        staging.apply()
        let demand = staging.registry.statistics().tables[0].valueDemand
        let error = abs(demand[2] - Double(count)) / Double(count)
        #expect(error < 0.1, "\(demand[2]) instead of \(count)")
        #expect(demand[0] == 1)
    }

    @Test func `counts values that found no series, too`() throws {
        var staging = try Staging(SeriesLimits(seriesPerMeter: 10))
        for number in 0..<1_000 { staging.send(["s", "e", "\(number)", ""]) }
        let demand = staging.registry.statistics().tables[0].valueDemand[2]
        #expect(abs(demand - 1_000) < 100)
    }
}
