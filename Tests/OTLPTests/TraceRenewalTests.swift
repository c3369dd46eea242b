import Captures
import OTLP
import SeededRandom
import Testing
import TraceSamples

@Suite struct `Renewed spans` {
    private static let now: UInt64 = 2_000_000_000_000_000_000

    private static func captures() throws -> [(path: String, bytes: [UInt8])] {
        try CapturedBody.all().filter { $0.isTraces && $0.bytes.first != UInt8(ascii: "{") }.map {
            ($0.path, $0.bytes)
        }
    }

    private static func facts(_ bytes: [UInt8]) throws -> [SpanFacts] {
        var reader = TraceReader(keys: AttributeKeys([]))
        return try SpanFacts.read(bytes, with: &reader, slotCount: 0)
    }

    private static func renewed(_ bytes: [UInt8], salt: UInt64 = 0x0123_4567_89AB_CDEF) throws -> [UInt8] {
        let newest = try TraceRenewal.newestEnd(of: bytes.span.bytes) ?? 0
        var copy = bytes
        try TraceRenewal(newest: newest, now: now, salt: salt).renew(&copy)
        return copy
    }

    @Test func `tell the same story later, under other ids`() throws {
        var count = 0
        for (path, bytes) in try Self.captures() {
            let old = try Self.facts(bytes)
            let new = try Self.facts(Self.renewed(bytes))
            #expect(old.count == new.count, "\(path)")
            #expect(new.map(\.end).max() == (old.isEmpty ? nil : Self.now), "\(path)")
            let known = Set(old.map(\.spanID))
            let renewed = Set(new.map(\.spanID))
            #expect(known.count == renewed.count && known.isDisjoint(with: renewed), "\(path)")
            for (before, after) in zip(old, new) {
                #expect(after.end - after.start == before.end - before.start)
                #expect(after.end &- new[0].end == before.end &- old[0].end)
                #expect(after.traceID != before.traceID)
                #expect(after.parentSpanID.isEmpty == before.parentSpanID.isEmpty)
                #expect(renewed.contains(after.parentSpanID) == known.contains(before.parentSpanID))
                var same = after
                (same.traceID, same.spanID, same.parentSpanID) = (
                    before.traceID, before.spanID, before.parentSpanID
                )
                (same.start, same.end) = (before.start, before.end)
                #expect(same == before)
            }
            count += new.count
        }
        #expect(count > 1_000)
    }

    @Test func `have other ids for another number`() throws {
        let bytes = try #require(try Self.captures().first { try !Self.facts($0.bytes).isEmpty }).bytes
        let ids = try [1, 2].map { try Set(Self.facts(Self.renewed(bytes, salt: $0)).map(\.spanID)) }
        #expect(ids[0].isDisjoint(with: ids[1]))
    }

    @Test func `are not made of what is no request of spans`() throws {
        let bytes = try #require(try Self.captures().first { $0.bytes.count > 500 }).bytes
        var random = SeededRandom(seed: 17)
        for _ in 0..<2_000 {
            var broken = bytes
            for _ in 0..<3 {
                broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(
                    in: 0...255, using: &random)
            }
            broken.removeLast(Int.random(in: 0..<broken.count, using: &random))
            var copy = broken
            do throws(WireError) {
                try TraceRenewal(newest: 1, now: 2, salt: 3).renew(&copy)
                #expect(copy.count == broken.count)
            } catch {
                #expect(copy == broken)
            }
        }
        #expect(throws: WireError.self) {
            _ = try TraceRenewal.newestEnd(of: Array(bytes.dropLast()).span.bytes)
        }
    }
}
