import MetricModel
import Registry
import SeededRandom
import Testing

@Suite struct `Limits of the registry` {
    static let overflow = "__overflow__"

    @Test func `a label's values beyond the limit become one, the other labels stay`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 2))
        for a in ["1", "2", "3", "4"] {
            for b in ["x", "y"] { staging.send(["s", "e", a, b]) }
        }
        #expect(
            staging.registry.sums() == [
                Series("s", "e", "1", "x"): 1, Series("s", "e", "1", "y"): 1,
                Series("s", "e", "2", "x"): 1, Series("s", "e", "2", "y"): 1,
                Series("s", "e", Self.overflow, "x", isOverflow: true): 2,
                Series("s", "e", Self.overflow, "y", isOverflow: true): 2,
            ])
        #expect(staging.registry.statistics().tables[0].overflowCount == 4)
    }

    @Test func `several labels may be beyond their limits at once`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 1))
        staging.send(["s", "e", "1", "x"])
        staging.send(["t", "e", "2", "x"])
        staging.send(["t", "f", "2", ""])
        staging.send(["s", "e", "", "y"])
        #expect(
            staging.registry.sums() == [
                Series("s", "e", "1", "x"): 1,
                Series(Self.overflow, "e", Self.overflow, "x", isOverflow: true): 1,
                Series(Self.overflow, Self.overflow, Self.overflow, "", isOverflow: true): 1,
                Series("s", "e", "", Self.overflow, isOverflow: true): 1,
            ])
    }

    @Test func `a label may have a limit of its own`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 10), limitOfA: 1)
        for value in ["1", "2", "3"] { staging.send(["s", "e", value, value]) }
        let series = staging.registry.sums().keys
        #expect(Set(series.map { $0.values[2] }) == ["1", Self.overflow])
        #expect(Set(series.map { $0.values[3] }) == ["1", "2", "3"])
    }

    @Test func `an empty value takes no place among a label's values`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 1))
        staging.send(["s", "e", "", ""])
        staging.send(["s", "e", "1", ""])
        #expect(staging.registry.sums().keys.allSatisfy { !$0.isOverflow })
    }

    @Test func `who came first keeps the place`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 3))
        for a in ["1", "2", "3"] { staging.send(["s", "e", a, ""]) }
        for number in 0..<100 { staging.send(["s", "e", "late\(number)", ""]) }
        for a in ["3", "1", "2"] { staging.send(["s", "e", a, ""]) }
        #expect(
            staging.registry.sums() == [
                Series("s", "e", "1", ""): 2, Series("s", "e", "2", ""): 2, Series("s", "e", "3", ""): 2,
                Series("s", "e", Self.overflow, "", isOverflow: true): 100,
            ])
    }

    @Test func `a meter's series beyond the limit become one by service and environment`() throws {
        var staging = try Staging(SeriesLimits(seriesPerMeter: 2))
        for a in ["1", "2", "3", "4"] { staging.send(["s", "e", a, "x"]) }
        staging.send(["t", "e", "1", "x"])
        staging.send(["s", "e", "1", "x"])
        #expect(
            staging.registry.sums() == [
                Series("s", "e", "1", "x"): 2, Series("s", "e", "2", "x"): 1,
                Series("s", "e", "", "", isOverflow: true): 2, Series("t", "e", "", "", isOverflow: true): 1,
            ])
        #expect(staging.registry.statistics().tables[0].overflowCount == 3)
    }

    @Test func `all meters share the limit of all series, reserved ones need no place`() throws {
        var staging = try Staging(SeriesLimits(series: 3), tables: 2)
        for a in ["1", "2"] { staging.send(["s", "e", a, ""], table: 0) }
        for a in ["1", "2", "3"] { staging.send(["s", "e", a, ""], table: 1) }
        staging.send(["s", "e", "3", ""], table: 0)
        #expect(
            staging.registry.sums(table: 0) == [
                Series("s", "e", "1", ""): 1, Series("s", "e", "2", ""): 1,
                Series("s", "e", "", "", isOverflow: true): 1,
            ])
        #expect(
            staging.registry.sums(table: 1) == [
                Series("s", "e", "1", ""): 1, Series("s", "e", "", "", isOverflow: true): 2,
            ])
    }

    @Test func `reserved series are bounded themselves`() throws {
        var staging = try Staging(SeriesLimits(seriesPerMeter: 1))
        staging.send(["s", "e", "1", ""])
        for number in 0..<500 { staging.send(["service\(number)", "env\(number % 7)", "2", ""]) }
        let sums = staging.registry.sums()
        let reserved = sums.filter { $0.key.isOverflow }
        #expect(reserved.count == SeriesLimits.reservedPerMeter)
        let rest = Series(Self.overflow, Self.overflow, "", "", isOverflow: true)
        #expect(sums[rest] == Double(500 - (SeriesLimits.reservedPerMeter - 1)))
        #expect(sums[Series("service0", "env0", "", "", isOverflow: true)] == 1)
        #expect(sums.values.reduce(0, +) == staging.total)
    }

    @Test func `reserved series fold a service that is beyond its label's limit`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 1, seriesPerMeter: 1))
        staging.send(["s", "e", "1", ""])
        staging.send(["t", "e", "1", ""])
        staging.send(["u", "f", "1", ""])
        staging.send(["s", "e", "2", ""])
        #expect(
            staging.registry.sums() == [
                Series("s", "e", "1", ""): 1,
                Series(Self.overflow, "e", "", "", isOverflow: true): 1,
                Series(Self.overflow, Self.overflow, "", "", isOverflow: true): 1,
                Series("s", "e", "", "", isOverflow: true): 1,
            ])
    }

    @Test func `a sender's own __overflow__ is a value like any other`() throws {
        var staging = try Staging(SeriesLimits(valuesPerLabel: 2))
        staging.send(["s", "e", Self.overflow, ""])
        staging.send(["s", "e", "1", ""])
        staging.send(["s", "e", "2", ""])
        staging.send(["s", "e", Self.overflow, ""])
        #expect(
            staging.registry.sums() == [
                Series("s", "e", Self.overflow, ""): 2, Series("s", "e", "1", ""): 1,
                Series("s", "e", Self.overflow, "", isOverflow: true): 1,
            ])
    }

    @Test func `a batch is folded as its spans would be one by one`() throws {
        var single = try Staging(SeriesLimits(valuesPerLabel: 3, seriesPerMeter: 5))
        var whole = try Staging(SeriesLimits(valuesPerLabel: 3, seriesPerMeter: 5))
        for number in 0..<60 {
            let values = ["s\(number % 2)", "e", "\(number % 5)", "\(number % 3)"]
            single.send(values)
            whole.stage(values)
        }
        whole.apply()
        #expect(single.registry.sums() == whole.registry.sums())
        #expect(whole.registry.statistics().tables[0].overflowCount > 0)
    }

    @Test(arguments: [1, 2, 3]) func `nothing is lost, whatever the limits and the labels`(round: Int) throws
    {
        let seed = UInt64.random(in: .min ... .max)
        print("seed of limit round \(round): \(seed)")
        var random = SeededRandom(seed: seed)
        let limits = SeriesLimits(
            valuesPerLabel: 1 + Int(random.next() % 20), seriesPerMeter: 1 + Int(random.next() % 100),
            series: 1 + Int(random.next() % 150))
        var staging = try Staging(limits, tables: 2, seed: seed)
        for _ in 0..<20 {
            for _ in 0..<100 {
                let values = Staging.labels.map { _ in "\(random.next() % 30)" }
                staging.stage(values, amount: Double(random.next() % 3), table: Int(random.next() % 2))
            }
            staging.apply()
        }
        let tables = (0..<2).map { staging.registry.sums(table: $0) }
        let total = tables.reduce(0) { $0 + $1.values.reduce(0, +) }
        #expect(total == staging.total, "seed \(seed)")
        for sums in tables {
            #expect(sums.count <= limits.seriesPerMeter + SeriesLimits.reservedPerMeter, "seed \(seed)")
            for column in 0..<4 {
                let values = Set(sums.keys.filter { !$0.isOverflow }.map { $0.values[column] })
                #expect(values.count <= limits.valuesPerLabel, "seed \(seed)")
            }
        }
    }
}
