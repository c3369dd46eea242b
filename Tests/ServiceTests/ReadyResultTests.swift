import Folding
import Foundation
import Ledger
import Packs
import Testing
import TraceBuilder

/// Cases whose own span says all of their results, so that nothing of them is kept but these.
@Suite struct `Results that wait for nothing` {
    private static let start: Int64 = 1_700_000_000_000

    private static func spans(_ count: Int, first: Int = 0, run: Int = 1, named name: (Int) -> String)
        -> [SpanContent]
    {
        (first..<first + count).map { number in
            var span = SpanContent(
                "routing_test_\(name(number))",
                [
                    "skill.name": "search", "expected_skill": "search", "actual_skill": "search",
                    "test.run.sequence": .int(Int64(run)),
                ])
            let id = withUnsafeBytes(of: UInt32(number).bigEndian) { [UInt8]($0) }
            span.traceID = [UInt8](repeating: 7, count: 12) + id
            span.spanID = [1, 2, 3, 4] + id
            span.startNanoseconds = UInt64(start + Int64(number)) * 1_000_000
            span.endNanoseconds = span.startNanoseconds + 1_000_000
            return span
        }
    }

    private static func results(in directory: LifeDirectory) throws -> [String] {
        var tests: [String] = []
        try Store.readResults(directory: directory.path, HistoryOptions()) { _, results in
            tests += results.map(\.test)
        }
        return tests.sorted()
    }

    /// A number that came twice would be taken for a correction of the result that has it.
    @Test(arguments: [false, true]) func `are numbered on behind a crash`(hasCheckpoint: Bool) async throws {
        let (directory, copy) = (try LifeDirectory(), try LifeDirectory())
        let first = try await Life(in: directory.path, now: Self.start)
        try await first.take(TraceBody.bytes(Self.spans(3) { _ in "TC" }), at: Self.start + 1_000)
        try await first.decide(at: Self.start + 2_000)
        if hasCheckpoint { try await first.checkpoint(now: Self.start + 3_000) }
        try directory.copy(to: copy)
        try await first.end()
        let next = try await Life(in: copy.path, now: Self.start + 4_000)
        try await next.take(TraceBody.bytes(Self.spans(2, first: 3) { _ in "TC" }), at: Self.start + 5_000)
        try await next.decide(at: Self.start + 6_000)
        let lines = next.lines
        try await next.end()
        #expect(lines.contains { $0.hasPrefix("test_case_results_total") && $0.hasSuffix("} 5") })
        #expect(try Self.results(in: copy) == [String](repeating: "routing_test_TC", count: 5))
    }

    /// Cut between the cases' coming and the decision on them, with and without an image of them.
    @Test(arguments: [false, true]) func `are given once, where a crash comes before they are`(
        hasCheckpoint: Bool
    ) async throws {
        let (directory, copy) = (try LifeDirectory(), try LifeDirectory())
        let first = try await Life(in: directory.path, now: Self.start)
        try await first.take(TraceBody.bytes(Self.spans(40) { "TC\($0)" }), at: Self.start + 1_000)
        if hasCheckpoint { try await first.checkpoint(now: Self.start + 2_000) }
        try await first.take(TraceBody.bytes(Self.spans(30, first: 40) { "TC\($0)" }), at: Self.start + 3_000)
        try directory.copy(to: copy)
        try await first.end()
        let next = try await Life(in: copy.path, now: Self.start + 4_000)
        try await next.decide(at: Self.start + 5_000)
        try await next.decide(at: Self.start + 6_000)
        #expect(next.lines.contains { $0.hasPrefix("test_case_results_total") && $0.hasSuffix("} 70") })
        try await next.checkpoint(now: Self.start + 7_000)
        try await next.end()
        #expect(try Self.results(in: copy) == (0..<70).map { "routing_test_TC\($0)" }.sorted())
        // Nothing is left of them behind the checkpoint.
        let end = try LifeDirectory()
        try copy.copy(to: end)
        let last = try await Life(in: end.path, now: Self.start + 8_000)
        try await last.decide(.everything, at: Self.start + 9_000)
        #expect(last.lines.contains { $0.hasPrefix("test_case_results_total") && $0.hasSuffix("} 70") })
        try await last.end()
    }

    @Test func `make more series than one batch takes`() async throws {
        let meters = (0..<20).map { number in
            """
              - meter: m\(number)
                from: cases
                labels: { test: { of: case.test, limit: 2000 } }
                counters: { own_\(number)_total: { of: 1, help: Results. } }

            """
        }
        let pack = PackSource(file: "own.yaml", text: "pack: own\nmeters:\n\(meters.joined())")
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start, more: [pack])
        try await life.take(TraceBody.bytes(Self.spans(1_000) { "TC\($0)" }), at: Self.start + 1_000)
        try await life.decide(at: Self.start + 2_000)
        let count = life.lines { $0.hasPrefix("own_") }.count { $0.hasSuffix(" 1") }
        try await life.end()
        #expect(count == 20_000)
    }
}
