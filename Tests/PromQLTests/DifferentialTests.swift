import Foundation
import PromQL
import SeededRandom
import Testing

/// Random expressions, valid and broken, held against promtool 2.42 and 3.5.
///
/// SPANMETER_TEST_SEED repeats a run, SPANMETER_TEST_LONG=1 asks about many more.
@Suite struct DifferentialTests {
    private static let environment = ProcessInfo.processInfo.environment
    private static let isLong = environment["SPANMETER_TEST_LONG"] != nil
    private static let seed =
        environment["SPANMETER_TEST_SEED"].flatMap(UInt64.init) ?? UInt64(Date().timeIntervalSince1970)
    private static let batchCount = isLong ? 100 : 2
    private static let batchSize = 2_000

    @Test(arguments: PromQLDialect.allCases)
    func `promtool and we accept the same random expressions`(dialect: PromQLDialect) throws {
        let promtool = try Promtool(dialect)
        var generator = ExpressionGenerator(seed: Self.seed)
        var (acceptedCount, disagreements) = (0, [String]())
        for _ in 0..<Self.batchCount {
            let expressions = (0..<Self.batchSize).map {
                ExpressionGenerator.text($0.isMultiple(of: 2) ? generator.expression() : generator.broken())
            }
            for (expression, complaint) in zip(expressions, try promtool.complaints(about: expressions)) {
                let ours = Self.verdict(on: expression, dialect)
                acceptedCount += complaint == nil ? 1 : 0
                if (complaint == nil) != (ours == nil), !Promtool.isSeenDifferently(expression) {
                    disagreements.append(
                        "\(expression)\n  promtool: \(complaint ?? "valid")\n  we: \(ours ?? "valid")")
                }
            }
        }
        let count = Self.batchCount * Self.batchSize
        print(
            "seed \(Self.seed): \(count) expressions, promtool \(dialect.rawValue) accepts \(acceptedCount)")
        #expect(
            disagreements == [],
            "\(disagreements.count), seed \(Self.seed):\n\(disagreements.prefix(20).joined(separator: "\n"))")
        // Neither half may shrink to nothing unnoticed.
        #expect(acceptedCount > count / 5 && acceptedCount < count * 4 / 5)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `the text of a random tree is read as the same tree, by us and by promtool`(dialect: PromQLDialect)
        throws
    {
        var generator = ExpressionGenerator(seed: Self.seed)
        var texts: [String] = []
        for _ in 0..<(Self.isLong ? 100_000 : 2_000) {
            let written = ExpressionGenerator.text(generator.expression())
            guard let tree = try? PromQLParser.parse(written, as: dialect) else { continue }
            let text = tree.text
            let again = try PromQLParser.parse(text, as: dialect)
            try #require(Shape.text(of: again) == Shape.text(of: tree), "\(written), seed \(Self.seed)")
            try #require(again.text == text, "\(written), seed \(Self.seed)")
            texts.append(text)
        }
        let complaints = try Promtool(dialect).complaints(about: texts)
        let refused = zip(texts, complaints).compactMap { text, complaint in
            complaint.map { "\(text): \($0)" }
        }
        #expect(refused.prefix(20) == [], "seed \(Self.seed)")
        #expect(texts.count > 500)
    }

    @Test(arguments: PromQLDialect.allCases)
    func `random scalars have the value that our tree gives them`(dialect: PromQLDialect) throws {
        var generator = ExpressionGenerator(seed: Self.seed)
        let scalars = try (0..<(Self.isLong ? 5_000 : 500)).map { _ in
            let text = ExpressionGenerator.text(generator.arithmetic())
            let tree = try PromQLParser.parse(text, as: dialect)
            // The same value, or neither is a number.
            let braced = Self.braced(tree)
            return
                "((\(text)) == bool \(braced)) + ((\(text)) != bool (\(text))) * (\(braced) != bool \(braced))"
        }
        #expect(try Promtool(dialect).otherValues(of: scalars) == "", "seed \(Self.seed)")
    }

    /// The scalar with parentheses around every operation.
    private static func braced(_ scalar: PromQLExpression) -> String {
        switch scalar.node {
        case .binary(let operation):
            let bool = operation.returnsBool ? " bool" : ""
            return
                "(\(braced(operation.left)) \(operation.operator.rawValue)\(bool) \(braced(operation.right)))"
        case .unary(let isMinus, let inner): return "(\(isMinus ? "-" : "+") \(braced(inner)))"
        default: return scalar.text
        }
    }

    private static func verdict(on expression: String, _ dialect: PromQLDialect) -> String? {
        do {
            _ = try PromQLParser.parse(expression, as: dialect)
            return nil
        } catch {
            return error.description
        }
    }
}
