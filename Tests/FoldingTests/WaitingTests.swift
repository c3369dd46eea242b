import Bytes
import MetricModel
import Testing
import TraceBuilder

@testable import Folding

@Suite struct `Folds waiting` {
    private let story = Story()

    private var phases: [SpanContent] {
        [
            story.phase("setup", of: "a", span: 10, below: 2, 0...10),
            story.phase("call", of: "a", span: 11, below: 2, 11...50),
            story.phase("teardown", of: "a", span: 12, below: 2, 51...60),
        ]
    }

    @Test func `give a case five seconds after its own span, and count it once`() throws {
        var replay = try Replay()
        try replay.apply(TraceBody.bytes(phases + [story.test("a", span: 2, below: 1, 0...60)]))
        replay.now += 4_999
        #expect(replay.folds.due(at: replay.now, resultCountMax: 10, mode: .tick) == nil)
        replay.now += 1
        let touched: Set<UInt64> = [0x0101_0101_0101_0101]
        #expect(replay.folds.due(at: replay.now, touched: touched, resultCountMax: 10, mode: .tick) == nil)
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.outcome) == [.passed])
        #expect(batch.runs.map(\.ended) == [nil])
        #expect(replay.decide(.tick).isEmpty)
        #expect(replay.folds.openCaseCount == 0)
        // The run's own span ends it, under the same key.
        try replay.apply(story.run(span: 1, 0...100))
        replay.now += 5_000
        let end = replay.decide(.tick)
        #expect(end.runs.map(\.key) == batch.runs.map(\.key))
        #expect(end.runs.map(\.ended) == [.passed])
        #expect(end.results.isEmpty)
        #expect(replay.decide(.everything).isEmpty)
    }

    @Test func `do not wait for stragglers once they are drained`() throws {
        var replay = try Replay()
        try replay.apply(phases[0], story.test("a", span: 2, below: 1, 0...60))
        try replay.apply(story.phase("setup", of: "b", span: 20, below: 3, 60...61))
        let batch = replay.decide(.drain)
        #expect(batch.results.map(\.test) == ["a"])
        #expect(batch.runs.map(\.ended) == [nil])
        #expect(replay.folds.openCaseCount == 1)
    }

    @Test func `correct a result that late phases alter, without counting it anew`() throws {
        var replay = try Replay()
        let failures: [(at: UInt64, message: String)] = [(52, "no")]
        try replay.apply(story.test("a", span: 2, below: 1, 0...160, failures: failures))
        replay.now += 5_000
        let first = replay.decide(.tick)
        #expect(first.results.map(\.outcome) == [.passed])
        for (number, start) in [UInt64(0), 100].enumerated() {
            let span = UInt8(20 + 3 * number)
            try replay.apply(
                story.phase("setup", of: "a", span: span, below: 2, start...start + 10),
                story.phase("call", of: "a", span: span + 1, below: 2, start + 11...start + 50),
                story.phase("teardown", of: "a", span: span + 2, below: 2, start + 55...start + 60))
        }
        replay.now += 5_000
        let second = replay.decide(.tick)
        #expect(second.results.map(\.outcome) == [.flaky])
        #expect(second.results.first?.revises == first.results.first?.attempts)
        #expect(second.results.first?.occurrence == 0)
        #expect(second.results.first?.run == first.results.first?.run)
        #expect(replay.folds.revisedCount == 1)
        #expect(replay.decide(.everything).results.isEmpty)
    }

    @Test func `leave a result alone that late phases confirm`() throws {
        var replay = try Replay()
        try replay.apply(story.test("a", span: 2, below: 1, 0...60))
        replay.now += 5_000
        #expect(replay.decide(.tick).results.count == 1)
        for phase in phases { try replay.apply(phase) }
        replay.now += 4_000_000
        #expect(replay.decide(.tick).results.isEmpty)
    }

    @Test func `take a case whose span never came for an error of the run around it`() throws {
        var replay = try Replay()
        try replay.apply(TraceBody.bytes(phases), story.run(span: 1, 0...100))
        replay.now += 5_000
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.outcome) == [.error])
        #expect(batch.results.map(\.test) == ["a"])
        #expect(batch.results.first?.suite == "tests/t.py")
        #expect(batch.runs.map(\.ended) == [.failed])
        #expect(replay.folds.orphanCount == 1)
        // Its span comes after all.
        try replay.apply(story.test("a", span: 2, below: 1, 0...60))
        replay.now += 5_000
        let late = replay.decide(.tick)
        #expect(late.results.map(\.outcome) == [.passed])
        #expect(late.results.first?.revises?.map(\.outcome) == [.error])
        #expect(late.runs.allSatisfy { $0.wasEnded })
    }

    @Test func `forget the runs that only lost cases told of with the cases`() throws {
        var limits = FoldLimits()
        limits.closedCaseCountMax = 5
        var replay = try Replay(limits: limits)
        for trace in 1...40 {
            var span = phases[0]
            span.traceID = [UInt8](repeating: UInt8(trace), count: 16)
            try replay.apply(TraceBody.bytes([span]))
        }
        #expect(replay.decide(.everything).results.count == 40)
        #expect(replay.folds.occurrences.count <= 6)
    }

    @Test func `give a killed run up after an hour of silence`() throws {
        var replay = try Replay()
        try replay.apply(story.test("a", span: 2, below: 1, 0...60))
        try replay.apply(story.phase("setup", of: "b", span: 20, below: 3, 60...61))
        replay.now += 5_000
        #expect(replay.decide(.tick).results.map(\.test) == ["a"])
        replay.now += 3_600_000 - 5_002
        #expect(replay.decide(.tick).isEmpty)
        replay.now += 10
        let batch = replay.decide(.tick)
        #expect(batch.results.map(\.outcome) == [.error])
        #expect(batch.runs.map(\.ended) == [.interrupted])
        #expect(batch.results.map(\.run) == batch.runs.map(\.key))
    }

    @Test func `tell two runs of one trace apart`() throws {
        var replay = try Replay()
        try replay.apply(
            story.test("a", span: 2, below: 1, 0...60), story.run(span: 1, below: 99, 0...100),
            story.test("a", span: 4, below: 3, 200...260), story.run(span: 3, below: 99, 200...300))
        let batch = replay.decide(.everything)
        #expect(batch.results.map(\.occurrence) == [0, 0])
        #expect(Set(batch.results.map(\.run)).count == 2)
        #expect(batch.runs.map(\.ended) == [.passed, .passed])
    }

    @Test func `join workers to their controller, before and after it came`() throws {
        var replay = try Replay()
        try replay.apply(
            story.test("a", span: 2, below: 5, 0...60), story.test("b", span: 3, below: 6, 0...30, .error))
        replay.now += 5_000
        let early = replay.decide(.tick)
        #expect(Set(early.runs.map(\.key)).count == 2)
        #expect(early.results.allSatisfy { $0.worker == nil })
        #expect(early.workers.isEmpty)
        try replay.apply(
            story.run("test worker gw0", span: 5, below: 1, 0...90),
            story.run("test worker gw1", span: 6, below: 1, 0...90), story.run(span: 1, 0...100))
        replay.now += 5_000
        let late = replay.decide(.tick)
        #expect(late.runs.count { $0.ended != nil } == 1)
        let root = try #require(late.runs.first { $0.ended != nil })
        #expect(root.ended == .failed)
        #expect(late.runs.filter { $0.root == root.key }.map(\.key).count == 2)
        #expect(Set(late.runs.filter { $0.root != nil }.map(\.key)) == Set(early.runs.map(\.key)))
        #expect(late.workers.map(\.name).sorted() == ["gw0", "gw1"])
        #expect(late.workers.allSatisfy { $0.run == root.key })
        #expect(replay.decide(.everything).isEmpty)
    }

    @Test func `number cases of one name in one run`() throws {
        var replay = try Replay()
        try replay.apply(
            story.test("a", span: 2, below: 1, 0...60), story.test("a", span: 3, below: 1, 70...80))
        replay.now += 5_000
        #expect(replay.decide(.tick, slice: 1).results.map(\.occurrence) == [0, 1])
        try replay.apply(story.test("a", span: 4, below: 1, 90...95))
        #expect(replay.decide(.everything).results.map(\.occurrence) == [2])
    }

    @Test func `resolve the oldest early when too many are open`() throws {
        var limits = FoldLimits()
        limits.openCaseCountMax = 3
        var replay = try Replay(limits: limits)
        for number in 0..<UInt8(5) {
            try replay.apply(story.test("t\(number)", span: 10 + number, below: 1, 0...60))
        }
        #expect(replay.folds.resolvedEarlyCount == 2)
        #expect(replay.decide(.tick).results.map(\.test) == ["t0", "t1"])
        #expect(replay.folds.openCaseCount == 3)
    }

    @Test func `forget runs that ended long ago`() throws {
        var replay = try Replay()
        try replay.apply(story.test("a", span: 2, below: 1, 0...60), story.run(span: 1, 0...100))
        replay.now += 5_000
        _ = replay.decide(.tick)
        #expect(replay.folds.runCount == 1)
        replay.now += 700_000
        var other = Story()
        other.trace = 9
        try replay.apply(other.test("b", span: 2, below: 1, 0...60))
        #expect(replay.folds.runCount == 1)
        #expect(replay.folds.openCaseCount == 1)
    }

    @Test func `say what goes on`() throws {
        var replay = try Replay()
        #expect(replay.folds.live == [])
        try replay.apply(
            story.test("a", span: 2, below: 5, 0...60), story.test("b", span: 3, below: 6, 0...30),
            story.run("test worker gw1", span: 6, below: 1, 0...90))
        let live = try #require(replay.folds.live.first)
        #expect(live.service == "shop")
        #expect(live.busyWorkerCount == 1)
        #expect(live.idleWorkerCount == 1)
        #expect(live.oldestSpan == replay.now)
        // Of two workers the one that has been silent for longer, even while the other goes on.
        let first = replay.now
        replay.now += 60_000
        try replay.apply(story.test("c", span: 4, below: 7, 0...30))
        #expect(replay.folds.live.first?.oldestSpan == first)
        let second = replay.now
        replay.now += 60_000
        try replay.apply(story.test("d", span: 8, below: 5, 0...30))
        #expect(replay.folds.live.first?.oldestSpan == second)
        _ = replay.decide(.everything)
        #expect(replay.folds.live.first?.oldestSpan == nil)
        let ended = try #require(replay.folds.live.first)
        #expect(ended.service == "shop")
        #expect([ended.runCount, ended.busyWorkerCount, ended.idleWorkerCount] == [0, 0, 0])
    }

    @Test func `refuse bytes that are no section`() throws {
        let replay = try Replay()
        let section = try #require(
            try replay.sections(TraceBody.bytes(phases + [story.test("a", span: 2, below: 1, 0...60)])).first)
        for count in 0..<section.count {
            var folds = replay.folds
            let cut = Array(section.prefix(count))
            #expect(throws: FoldError.self) {
                try folds.apply(cut.span.bytes, arrival: 1, sequence: 1)
            }
        }
        var unknown = Folds([])
        try unknown.apply(section.span.bytes, arrival: 1, sequence: 1)
        #expect(unknown.unknownCount == 4)
    }
}

extension Replay {
    mutating func apply(_ body: [UInt8], _ spans: SpanContent...) throws {
        try apply(body)
        try apply(TraceBody.bytes(spans))
    }
}
