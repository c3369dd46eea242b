import Derivation
import Packs
import SeededRandom
import Testing
import TraceBuilder

/// A test that costs what its calls cost, and calls whose cost is counted where they are not known to be in it.
@Suite struct `What was counted before the span around it came` {
    static let pack = """
        pack: mine
        vocabulary: { cost: [n.cost], kind: [n.kind] }
        relations:
          in_test: { ancestor: "kind == 'test'" }
          before: { descendant: "kind == 'call'", of: { if: not in_test, then: cost } }
        meters:
          - { meter: calls, on: "kind == 'call' and not in_test", counters: { cost_total: cost } }
          - meter: tests
            on: kind == 'test'
            counters: { cost_total: { if: cost > before, then: cost - before, else: "0" } }
          - { meter: sums, on: "kind == 'test'", counters: { before_total: before } }
        """

    static func scraped(_ bodies: [[SpanContent]], memory: RelationMemory? = RelationMemory()) throws
        -> Scraped
    {
        try Scraped(
            bodies.map { TraceBody.bytes($0) }, sources: [PackSource(file: "my.yaml", text: pack)],
            memory: memory)
    }

    static func call(_ id: UInt8, cost: Double, at offset: Double = 1) -> SpanContent {
        Dialect.span("call", id, below: 9, at: offset, ["n.kind": "call", "n.cost": .double(cost)])
    }

    static func test(_ id: UInt8 = 9, cost: Double = 10) -> SpanContent {
        Dialect.span("test", id, seconds: 20, ["n.kind": "test", "n.cost": .double(cost)])
    }

    static let calls = [call(1, cost: 3), call(2, cost: 4, at: 5)]

    @Test func `every order and every split of the spans makes the same total`() throws {
        let (one, two, test) = (Self.calls[0], Self.calls[1], Self.test())
        let splits: [[[SpanContent]]] = [
            [[one, two, test]], [[test, one, two]], [[one, test, two]], [[one], [two], [test]],
            [[test], [one], [two]], [[one], [test], [two]], [[one, two], [test]], [[test], [one, two]],
            [[one], [two, test]], [[one], [test, two]],
        ]
        for split in splits {
            #expect(try Self.scraped(split).sum("cost_total") == 10, "\(split.map { $0.map(\.spanID[7]) })")
        }
        #expect(try Self.scraped([[one], [two], [test]]).sum("before_total") == 7)
        #expect(try Self.scraped([[one], [two, test]]).sum("before_total") == 3)
        #expect(try Self.scraped([[one, two], [test]], memory: nil).sum("cost_total") == 17)
    }

    @Test func `spans of another time or trace are no part of it`() throws {
        var elsewhere = Self.call(3, cost: 2)
        elsewhere.traceID[0] = 7
        let behind = Self.call(4, cost: 1, at: 19.5)
        let scraped = try Self.scraped([[elsewhere, behind], [Self.test()]])
        #expect(scraped.sum("before_total") == 0)
        #expect(scraped.sum("cost_total") == 13)
    }

    @Test func `calls that cost more than their test leave nothing of it`() throws {
        let scraped = try Self.scraped([[Self.call(1, cost: 12)], [Self.test()]])
        #expect(scraped.sum("cost_total") == 12)
    }

    @Test func `a request that is derived again hears the same`() throws {
        let memory = RelationMemory()
        let first = try Self.scraped([Self.calls], memory: memory)
        #expect(first.sum("cost_total") == 7)
        // The test's request fails to be kept twice, with a call of its own, and once the other's comes again.
        let late = Self.call(3, cost: 1, at: 8)
        for _ in 0..<3 {
            let again = try Self.scraped([[late, Self.test()]], memory: memory)
            #expect(again.sum("before_total") == 7)
            #expect(again.sum("cost_total") == 3)
        }
        #expect(try Self.scraped([Self.calls], memory: memory).sum("cost_total") == 0)
    }

    @Test func `of a request that is partly known only the rest is counted`() throws {
        let memory = RelationMemory()
        let whole = [Self.calls[0], Self.calls[1], Self.test()]
        let early = try Self.scraped([[Self.calls[0]]], memory: memory).sum("cost_total")
        // The service leaves out what it knows: the first call.
        let rest = try Self.scraped([Array(whole.dropFirst())], memory: memory)
        #expect(early + rest.sum("cost_total") == 10)
    }

    @Test func `random requests of random traces add up to what the tests cost`() throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20 {
            var spans: [SpanContent] = []
            var wanted = 0.0
            for trace in UInt8(0)..<6 {
                let count = random.below(8)
                wanted += Double(count)
                var test = Self.test(200, cost: Double(count))
                test.traceID = [UInt8](repeating: trace + 1, count: 16)
                spans.append(test)
                for number in 0..<count {
                    var call = Self.call(UInt8(number + 1), cost: 1, at: Double(random.below(18)))
                    call.traceID = test.traceID
                    spans.append(call)
                }
            }
            spans.shuffle(using: &random)
            var bodies: [[SpanContent]] = [[]]
            for span in spans {
                if random.once(in: 4) { bodies.append([]) }
                bodies[bodies.count - 1].append(span)
            }
            #expect(try Self.scraped(bodies).sum("cost_total") == wanted, "seed \(seed)")
        }
    }

    @Test func `more than is remembered is forgotten, oldest first, and nothing else happens`() throws {
        let calls = (0..<3_000).map { number in
            var call = Self.call(1, cost: 1, at: 2)
            call.spanID = withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) }
            return call
        }
        let scraped = try Self.scraped([calls, [Self.test(cost: 5_000)]])
        // Of one trace the newest 1,024.
        #expect(scraped.sum("before_total") == 1_024)
        #expect(scraped.sum("cost_total") == 3_000 + 5_000 - 1_024)
    }
}
