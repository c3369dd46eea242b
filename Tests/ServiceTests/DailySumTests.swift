import MetricModel
import Testing
import TraceBuilder

@testable import Service

@Suite struct `Costs of days` {
    /// 2023-11-14T22:13:20Z.
    private static let start: Int64 = 1_700_000_000
    private static let day: Int64 = 86_400
    private static let berlin = DayCalendar(timeZone: "Europe/Berlin")

    private static func test(_ service: String, costing usd: Double, at seconds: Int64, _ number: UInt8)
        -> [UInt8]
    {
        var span = SpanContent("routing_test_a", ["cost_usd": .double(usd)])
        span.spanID = [number, 1, 1, 1, 1, 1, 1, 1]
        span.startNanoseconds = UInt64(seconds - 1) * 1_000_000_000
        span.endNanoseconds = UInt64(seconds) * 1_000_000_000
        return TraceBody.bytes(resource: ["service.name": .text(service)], [span])
    }

    private static func sums(_ life: Life, _ calendar: DayCalendar = .utc, at seconds: Int64)
        -> [DailySums.Sum]
    {
        DailySums(registry: life.registry, calendar: calendar, now: { UInt64(seconds) * 1_000_000_000 })
            .sums()
    }

    private static func sum(_ service: String, today: Double, month: Double) -> DailySums.Sum {
        DailySums.Sum(service: service, environment: "default", today: today, month: month)
    }

    @Test func `go by when spans end, not by when they come, and are kept over a restart`() async throws {
        let directory = try LifeDirectory()
        let wanted = [Self.sum("shop", today: 0.5, month: 0.75), Self.sum("till", today: 0, month: 2)]
        try await Self.live(in: directory) { life in
            for (number, (service, usd, seconds)) in [
                ("shop", 0.5, Self.start), ("shop", 0.25, Self.start - Self.day),
                ("till", 4, Self.start - 20 * Self.day), ("till", 2, Self.start - 2 * Self.day),
            ].enumerated() {
                try await life.take(
                    Self.test(service, costing: usd, at: seconds, UInt8(number + 1)), at: Self.start * 1_000)
            }
            #expect(Self.sums(life, at: Self.start) == wanted)
        }
        // Of the journal, then of a checkpoint.
        try await Self.live(in: directory) { life in
            #expect(Self.sums(life, at: Self.start) == wanted)
            try await life.checkpoint(now: Self.start * 1_000)
        }
        try await Self.live(in: directory) { life in
            #expect(Self.sums(life, at: Self.start) == wanted)
            // The next day, and the next month.
            #expect(Self.sums(life, at: Self.start + Self.day).map(\.today) == [0, 0])
            #expect(Self.sums(life, at: Self.start + Self.day).map(\.month) == [0.75, 2])
            #expect(Self.sums(life, at: Self.start + 17 * Self.day) == [])
        }
    }

    private static func live(in directory: LifeDirectory, _ body: (Life) async throws -> Void) async throws {
        let life = try await Life(in: directory.path, now: start * 1_000)
        try await body(life)
        try await life.end()
    }

    @Test func `count a call and the routing test around it once, whichever comes first`() async throws {
        for isCallFirst in [true, false] {
            let directory = try LifeDirectory()
            let life = try await Life(in: directory.path, now: Self.start * 1_000)
            var call = SpanContent(
                "chat m", kind: .client, ["gen_ai.operation.name": "chat", "gen_ai.usage.cost": 0.75])
            call.spanID = [7, 1, 1, 1, 1, 1, 1, 1]
            call.startNanoseconds = UInt64(Self.start - 1) * 1_000_000_000
            call.endNanoseconds = call.startNanoseconds + 500_000_000
            var bodies = [
                TraceBody.bytes(resource: ["service.name": "shop"], [call]),
                Self.test("shop", costing: 1, at: Self.start, 1),
            ]
            if !isCallFirst { bodies.reverse() }
            for body in bodies { try await life.take(body, at: Self.start * 1_000) }
            #expect(Self.sums(life, at: Self.start) == [Self.sum("shop", today: 1, month: 1)])
            try await life.end()
        }
    }

    @Test func `begin at midnight of the configured zone`() async throws {
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start * 1_000, calendar: Self.berlin)
        // 22:59:59 and 23:00 UTC are two days in Berlin, and one in UTC.
        let midnight = Self.start - Self.start % Self.day + 23 * 3_600
        try await life.take(Self.test("shop", costing: 1, at: midnight - 1, 1), at: midnight * 1_000)
        try await life.take(Self.test("shop", costing: 2, at: midnight, 2), at: midnight * 1_000)
        #expect(Self.sums(life, Self.berlin, at: midnight - 1) == [Self.sum("shop", today: 1, month: 3)])
        #expect(Self.sums(life, Self.berlin, at: midnight) == [Self.sum("shop", today: 2, month: 3)])
        try await life.end()
    }

    @Test func `stay for two months where other series go after a day`() async throws {
        let directory = try LifeDirectory()
        let life = try await Life(in: directory.path, now: Self.start * 1_000)
        try await life.take(Self.test("shop", costing: 1, at: Self.start, 1), at: Self.start * 1_000)
        for (days, isThere) in [(2, true), (62, true), (64, false)] {
            let later = Self.start + Int64(days) * Self.day
            try await life.retire(unchangedSince: (later - Self.day) * 1_000, at: later * 1_000)
            #expect(Self.sums(life, at: Self.start).isEmpty == !isThere)
            #expect(life.lines { $0.hasPrefix("routing_test_results") }.isEmpty)
        }
        try await life.end()
    }
}
