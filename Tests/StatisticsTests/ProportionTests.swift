import Statistics
import Testing

/// Vectors that SciPy and statsmodels computed; Tests/e2e/test_statistics.py asks them about a thousand more.
@Suite struct ProportionTests {
    @Test func `two proportions with one variance`() throws {
        let arms = try #require(TwoProportions(PassCount(180, of: 200), PassCount(165, of: 200)))
        #expect(abs(arms.z - -2.177862) < 1e-6)
        #expect(abs(arms.pValue - 0.029416) < 1e-6)
        #expect(abs(arms.difference - -0.075) < 1e-12)
        #expect(abs(arms.interval.low - -0.142953) < 1e-6)
        #expect(abs(arms.interval.high - -0.007225) < 1e-6)
    }

    @Test(
        arguments: [(180, 200, 165, 200, 0.041351), (8, 10, 1, 6, 0.034965), (18, 20, 12, 20, 0.064833)]
            as [(Int, Int, Int, Int, Double)])
    func `Fisher's exact test`(a: Int, n: Int, b: Int, m: Int, p: Double) {
        #expect(abs(FisherTest.pValue(PassCount(a, of: n), PassCount(b, of: m)) - p) < 1e-6)
        #expect(abs(FisherTest.pValue(PassCount(b, of: m), PassCount(a, of: n)) - p) < 1e-6)
    }

    @Test func `where all pass or all fail nothing is found`() throws {
        for passed in [0, 30] {
            let count = PassCount(passed, of: 30)
            #expect(FisherTest.pValue(count, count) == 1)
            #expect(try #require(TwoProportions(count, count)).pValue == 1)
            #expect(try #require(ArmComparison(count, count)).pValue() == 1)
        }
        #expect(TwoProportions(PassCount(0, of: 0), PassCount(1, of: 1)) == nil)
    }

    @Test func `Fisher's test of hundreds of thousands is no number out of range`() {
        let p = FisherTest.pValue(PassCount(450_000, of: 500_000), PassCount(450_500, of: 500_000))
        #expect(p > 0.09 && p < 0.1)
        #expect(FisherTest.pValue(PassCount(400_000, of: 500_000), PassCount(450_000, of: 500_000)) < 1e-20)
    }

    @Test(arguments: [(0, 0, 1.0, 1.0), (1, 0, 1, 1), (3, 3, 1, 1), (10, 2, 0.038574, 0.043308)])
    func `McNemar's test of pairs`(first: Int, second: Int, exact: Double, corrected: Double) {
        for test in [
            McNemarTest(onlyFirst: first, onlySecond: second),
            McNemarTest(onlyFirst: second, onlySecond: first),
        ] {
            #expect(abs(test.exactPValue - exact) < 1e-6)
            #expect(abs(test.correctedPValue - corrected) < 1e-6)
        }
    }

    @Test func `shares of arms`() throws {
        #expect(abs(try #require(SampleRatio.pValue([5_000, 5_200])) - 0.047670) < 1e-6)
        #expect(abs(try #require(SampleRatio.pValue([1_000, 1_100])) - 0.029096) < 1e-6)
        #expect(SampleRatio.pValue([7, 7, 7]) == 1)
        #expect(SampleRatio.pValue([7]) == nil)
        // scipy.stats.chisquare([850, 150], [900, 100])
        #expect(
            abs(try #require(SampleRatio.pValue([850, 150], shares: [9, 1])) - 1.360802e-7) < 1e-12)
        #expect(SampleRatio.pValue([900, 100], shares: [0.9, 0.1]) == 1)
        #expect(SampleRatio.pValue([900, 1], shares: [1, 0]) == 0)
        #expect(SampleRatio.pValue([900, 0], shares: [1, 0]) == 1)
        #expect(SampleRatio.pValue([0, 0]) == nil)
    }

    @Test(arguments: [(0.9, 0.95, 435), (0.8, 0.9, 199), (0.95, 0.97, 1_506)] as [(Double, Double, Int)])
    func `how many an arm needs`(first: Double, second: Double, count: Int) {
        #expect(ProportionPower.count(first, second) == count)
        #expect(ProportionPower(count, count).power(first, second) >= 0.8)
        #expect(ProportionPower(count - 1, count - 1).power(first, second) < 0.8)
    }

    @Test func `the smallest difference that can be seen`() throws {
        let difference = try #require(ProportionPower(200, 200).smallestDifference(from: 0.9))
        #expect(abs(difference - 0.0840) < 5e-5)
        #expect(ProportionPower(0, 200).smallestDifference(from: 0.9) == nil)
    }
}

@Suite struct SequentialTests {
    @Test func `the interval that may be looked at`() {
        let test = SequentialTest(tunedCount: 5_000)
        #expect(abs(test.rho - 0.0398401) < 1e-7)
        let error = 1 / 5_000.0.squareRoot()
        #expect(abs(test.halfWidth(standardError: error, count: 5_000) - 0.0429243) < 1e-7)
    }

    @Test func `what one look calls a difference, many do not`() throws {
        let arms = try #require(TwoProportions(PassCount(180, of: 200), PassCount(165, of: 200)))
        let p = SequentialTest(tunedCount: 5_000).pValue(
            difference: arms.difference, standardError: arms.standardError, count: 400)
        #expect(abs(p - 0.50) < 0.005)
    }

    @Test func `a difference is called where its interval does not hold 0`() {
        let test = SequentialTest()
        for z in stride(from: 1.0, through: 6, by: 0.1) {
            let half = test.halfWidth(standardError: 0.01, count: 300)
            let p = test.pValue(difference: 0.01 * z, standardError: 0.01, count: 300)
            #expect((p < 0.05) == (0.01 * z > half))
        }
    }

    @Test func `cases of one result each have the variance of results`() throws {
        let (first, second) = (PassCount(30, of: 40), PassCount(36, of: 48))
        let whole = try #require(ArmComparison(first, second))
        var parts = whole
        for number in 0..<40 { parts.add(PassCount(number < 30 ? 1 : 0, of: 1), PassCount(0, of: 0)) }
        for number in 0..<48 { parts.add(PassCount(0, of: 0), PassCount(number < 36 ? 1 : 0, of: 1)) }
        let error = try #require(TwoProportions(first, second)).standardError
        #expect(abs(whole.standardError - error) < 1e-12)
        #expect(abs(parts.standardError - error) < 1e-12)
    }

    @Test(arguments: [
        (PassCount(40, of: 40), PassCount(970, of: 1_000)),
        (PassCount(1_164, of: 1_200), PassCount(40, of: 40)),
        (PassCount(0, of: 40), PassCount(30, of: 1_000)), (PassCount(39, of: 40), PassCount(900, of: 1_000)),
    ])
    func `results that are nearly all the same are no proof that they always are`(
        _ first: PassCount, _ second: PassCount
    ) throws {
        let arms = try #require(ArmComparison(first, second))
        #expect(arms.pValue() > 0.5)
        #expect(arms.interval().low < 0 && arms.interval().high > 0)
        let other = try #require(ArmComparison(second, first))
        #expect(abs(other.standardError - arms.standardError) < 1e-12)
    }

    @Test func `many failures behind none are a proof`() throws {
        let arms = try #require(ArmComparison(PassCount(200, of: 200), PassCount(150, of: 200)))
        #expect(arms.pValue() < 1e-6)
    }

    @Test func `a case that is repeated is one case`() throws {
        var once = try #require(ArmComparison(PassCount(24, of: 32), PassCount(16, of: 32)))
        var often = try #require(ArmComparison(PassCount(240, of: 320), PassCount(160, of: 320)))
        for number in 0..<32 {
            let (first, second) = (number < 24 ? 1 : 0, number.isMultiple(of: 2) ? 1 : 0)
            once.add(PassCount(first, of: 1), PassCount(second, of: 1))
            often.add(PassCount(10 * first, of: 10), PassCount(10 * second, of: 10))
        }
        #expect(abs(once.standardError - often.standardError) < 1e-12)
        #expect(often.mcNemar.exactPValue == once.mcNemar.exactPValue)
        #expect((often.bothPassed, often.onlyFirst, often.onlySecond, often.nonePassed) == (12, 12, 4, 4))
    }

    @Test func `a case that did as often as not is in no pair`() throws {
        var arms = try #require(ArmComparison(PassCount(3, of: 4), PassCount(2, of: 2)))
        arms.add(PassCount(1, of: 2), PassCount(1, of: 1))
        arms.add(PassCount(2, of: 2), PassCount(1, of: 1))
        #expect(arms.pairCount == 1)
    }

    @Test func `a histogram's quantile is right to one per cent`() throws {
        var histogram = LogHistogram()
        for number in 1...10_000 { histogram.add(Double(number) / 1_000) }
        for value in [-1, .nan, .infinity] { histogram.add(value) }
        #expect(histogram.count == 10_000)
        for share in [0.01, 0.5, 0.95, 0.99] {
            #expect(abs(try #require(histogram.quantile(share)) / (10 * share) - 1) < 0.011)
        }
        #expect(LogHistogram(histogram.buckets) == histogram)
        #expect(LogHistogram([.init(code: 3, count: 1), .init(code: 3, count: 1)]) == nil)
        #expect(LogHistogram().quantile(0.5) == nil)
        for value in [0.0, 1e-9, 1e300] { histogram.add(value) }
        #expect(histogram.buckets.count <= 1_024)
    }
}
