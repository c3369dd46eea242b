import Statistics
import Testing

@Suite struct FlakinessTests {
    @Test(
        arguments: [
            (0, 10, 0, 0.277533), (10, 10, 0.722467, 1), (19, 20, 0.763869, 0.991119),
            (95, 100, 0.888250, 0.978456), (1, 1, 0.206549, 1),
        ] as [(Int, Int, Double, Double)]
    )
    func `Wilson's interval is what SciPy computes`(count: Int, total: Int, low: Double, high: Double) throws
    {
        let interval = try #require(Wilson.interval(count, of: total))
        #expect(abs(interval.low - low) < 1e-6)
        #expect(abs(interval.high - high) < 1e-6)
    }

    @Test func `of no results there is no interval`() {
        #expect(Wilson.interval(0, of: 0) == nil)
        #expect(Wilson.interval(2, of: 1) == nil)
    }

    @Test(arguments: [
        ("0011", 1.0 / 3, 1), ("0000", 0, 0), ("1010", 1, 1), ("101", 1, 0.9183), ("0101", 1, 1),
        ("111", 0, 0), ("1", 0, 0), ("", 0, 0),
    ])
    func `flip rate and entropy of a version`(results: String, flipRate: Double, entropy: Double) {
        #expect(abs(FlipRate(results.failures).value - flipRate) < 1e-9)
        #expect(abs(results.entropy - entropy) < 5e-5)
    }

    @Test(arguments: [
        (["0011", "0000", "1010", "101"], 0.6231, 0.7407), (["0101", "0000", "0000", "111"], 0.212, 0.212),
    ])
    func `the weighted score of versions`(versions: [String], flips: Double, entropy: Double) throws {
        let weighted = try #require(WeightedScore(versions.map { FlipRate($0.failures).value }).value)
        #expect(abs(weighted - flips) < 5e-5)
        #expect(abs(try #require(WeightedScore(versions.map(\.entropy)).value) - entropy) < 5e-5)
    }

    @Test func `no version has no score`() {
        #expect(WeightedScore().value == nil)
    }
}

extension String {
    /// 1 and F are failures.
    var failures: [Bool] { map { $0 == "1" || $0 == "F" } }

    var entropy: Double { Entropy.of(failures.count { $0 }, of: count) }
}
