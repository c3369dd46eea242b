import PromQL
import Testing

@Suite struct UseTests {
    private func tree(_ text: String) throws -> PromQLExpression {
        try PromQLParser.parse(text, as: .prometheus2)
    }

    @Test func `every selector is found with what stands around it`() throws {
        let uses = try tree("sum by (job) (rate(a{b=\"c\"}[5m])) / on (job) max(d) > 2 * e").selectorUses
        #expect(uses.map(\.selector.name) == ["a", "d", "e"])
        #expect(uses.map(\.range?.text) == ["5m", nil, nil])
        #expect(uses.map(\.function?.name) == ["rate", nil, nil])
        #expect(uses.map(\.aggregation?.name) == ["sum", "max", nil])
        #expect(uses[0].aggregation?.grouping?.labels == ["job"])
        #expect(uses[0].selector.matchers.map(\.label) == ["b"])
        #expect(uses.map(\.enclosing.count) == [4, 3, 2])
        #expect(uses.map(\.place) == [19..<31, 49..<50, 58..<59])
    }

    @Test func `the innermost function and aggregation count`() throws {
        let use = try #require(try tree("max(abs(min(ceil(x))))").selectorUses.first)
        #expect(use.function?.name == "ceil")
        #expect(use.aggregation?.name == "min")
    }

    @Test(arguments: [
        ("a + sum(b) / c{d=\"e\"}", ["a", "b", "c"]), ("{__name__=\"a\"}", ["a"]), ("{__name__=~\"a\"}", []),
        ("{__name__=\"a\", __name__=\"b\"}", []), ("rate(a[5m]) + a", ["a"]), ("1 + time()", []),
        ("quantile(scalar(a), b)", ["a", "b"]), ("max_over_time(a[1h:5m])", ["a"]),
    ])
    func `the metrics of an expression are known where their names are certain`(text: String, names: [String])
        throws
    {
        #expect(try tree(text).metricNames.sorted() == names)
    }

    @Test(arguments: [
        ("rate(x[5m])", "rate", true, false), ("increase((x[5m]))", "increase", true, false),
        ("max_over_time(x[1h])", "max_over_time", false, false), ("rate(sum(x)[5m:])", "rate", true, true),
        ("avg_over_time((sum(x) / 2)[1h:5m])", "avg_over_time", false, true),
        ("quantile_over_time(0.9, x[1h])", "quantile_over_time", false, false),
        ("irate(abs(x)[5m:])", "irate", true, false),
    ])
    func `functions of ranges say what they are applied to`(
        text: String, function: String, isRate: Bool, isOfAggregation: Bool
    ) throws {
        let uses = try tree("1 + " + text).rangeFunctionUses
        #expect(uses.map(\.function) == [function])
        #expect(uses.map(\.isRate) == [isRate])
        #expect(uses.map(\.isOfAggregation) == [isOfAggregation])
        #expect(uses.map(\.place.lowerBound) == [4])
    }

    @Test func `a function inside another's subquery is found too`() throws {
        let uses = try tree("max_over_time(rate(x[5m])[1h:])").rangeFunctionUses
        #expect(uses.map(\.function) == ["max_over_time", "rate"])
        guard case .subquery = try #require(uses.first).argument.node else {
            Issue.record("the argument is no subquery")
            return
        }
    }

    @Test(arguments: [
        ("histogram_quantile(0.9, x_bucket)", true),
        ("histogram_quantile(0.9, sum(rate(x_bucket[5m])))", false),
        ("histogram_quantile(0.9, sum by (le) (rate(x_bucket[5m])))", true),
        ("histogram_quantile(0.9, sum by (job) (rate(other[5m])))", false),
        ("histogram_quantile(0.9, sum without (job) (rate(x_bucket[5m])))", true),
        ("histogram_quantile(0.9, (sum without (le) (x_bucket)))", false),
        ("histogram_quantile(0.9, other)", nil),
        ("histogram_fraction(0, 0.2, x)", false),
    ])
    func `a quantile knows whether its buckets still have their bounds`(text: String, survives: Bool?) throws
    {
        let uses = try tree("1 - " + text).histogramUses
        #expect(uses.count == 1)
        let labels: [String: Set<String>] = ["x_bucket": ["job", "le"], "x": ["job"]]
        #expect(uses.first?.keepsBucketLabel { labels[$0] } == .some(survives))
    }
}
