import Derivation
import MetricModel
import Packs
import Testing
import TraceBuilder

@Suite struct `Relations between spans` {
    /// A span at an offset in seconds, in a trace, below a parent.
    static func span(
        _ id: UInt8, trace: UInt8 = 1, below parent: UInt8? = nil, at offset: Double = 0, seconds: Double = 1,
        _ attributes: Attributes
    ) -> SpanContent {
        var span = SpanContent("span", kind: .client, attributes)
        span.spanID = [0, 0, 0, 0, 0, 0, 0, id]
        span.traceID = [UInt8](repeating: trace, count: 16)
        span.parentSpanID = parent.map { [0, 0, 0, 0, 0, 0, 0, $0] } ?? []
        span.startNanoseconds += UInt64(offset * 1e9)
        span.endNanoseconds = span.startNanoseconds + UInt64(seconds * 1e9)
        return span
    }

    static func body(_ spans: [SpanContent], scope: String = "tests") -> [UInt8] {
        TraceBody.bytes(scope: scope, spans)
    }

    /// How often a span was counted that says `n`.
    static func counted(_ bodies: [[UInt8]], by relation: String, memory: RelationMemory? = nil) throws
        -> Double
    {
        let pack = """
            pack: mine
            vocabulary: { number: [n.n], call: [call.id], kind: [n.kind] }
            relations: { found: \(relation) }
            meters: [{ on: has(number) and not found, counters: { n_total: number } }]
            """
        return try Scraped(
            bodies, sources: [PackSource(file: "my.yaml", text: pack)], memory: memory
        ).sum("n_total")
    }

    // MARK: A call that two scopes trace

    static let call = "{ same_call: has(number), by: [call] }"
    static let inner = span(1, at: 0.1, seconds: 0.8, ["n.n": 1, "call.id": "c"])
    static let outer = span(2, trace: 2, ["n.n": 10, "call.id": "c"])

    @Test func `of one call several times traced the first span counts`() throws {
        let first = Self.body([Self.inner], scope: "a")
        let second = Self.body([Self.outer], scope: "b")
        #expect(try Self.counted([first + second], by: Self.call) == 1)
        #expect(try Self.counted([second + first], by: Self.call) == 10)
        #expect(try Self.counted([first, second], by: Self.call, memory: RelationMemory()) == 1)
        #expect(try Self.counted([second, first], by: Self.call, memory: RelationMemory()) == 10)
        // A request is all there is where nobody remembers.
        #expect(try Self.counted([first, second], by: Self.call) == 11)
    }

    @Test func `a request that comes again is counted as it was`() throws {
        let first = Self.body([Self.inner], scope: "a")
        let second = Self.body([Self.outer], scope: "b")
        let bodies = [first, second, first, second, first]
        #expect(try Self.counted(bodies, by: Self.call, memory: RelationMemory()) == 3)
    }

    @Test func `calls that lie apart, cross in time, or have other ids or scopes are several`() throws {
        let apart = Self.span(2, trace: 2, at: 5, ["n.n": 10, "call.id": "c"])
        let crossing = Self.span(2, trace: 2, at: 0.5, ["n.n": 10, "call.id": "c"])
        let other = Self.span(2, trace: 2, ["n.n": 10, "call.id": "d"])
        let nameless = Self.span(2, trace: 2, ["n.n": 10])
        let first = Self.body([Self.inner], scope: "a")
        for span in [apart, crossing, other, nameless] {
            let both = first + Self.body([span], scope: "b")
            #expect(try Self.counted([both], by: Self.call) == 11)
        }
        #expect(try Self.counted([Self.body([Self.inner, Self.outer])], by: Self.call) == 11)
        // One scope that says the same twice, as clients do that log a call again.
        var twice = Self.inner
        twice.spanID[0] = 7
        #expect(try Self.counted([Self.body([Self.inner, twice])], by: Self.call) == 1)
    }

    @Test func `two calls at once under one id are two, though each is traced twice`() throws {
        let spans = [
            Self.body([Self.span(1, at: 0.2, seconds: 0.5, ["n.n": 1, "call.id": "c"])], scope: "a"),
            Self.body([Self.span(2, at: 0.1, seconds: 0.7, ["n.n": 1, "call.id": "c"])], scope: "b"),
            Self.body([Self.span(3, at: 0.3, seconds: 0.4, ["n.n": 1, "call.id": "c"])], scope: "a"),
            Self.body([Self.span(4, at: 0, seconds: 1, ["n.n": 1, "call.id": "c"])], scope: "b"),
        ]
        #expect(try Self.counted([spans[0] + spans[1] + spans[2] + spans[3]], by: Self.call) == 2)
        #expect(try Self.counted([spans[0] + spans[2] + spans[1] + spans[3]], by: Self.call) == 2)
        #expect(try Self.counted(spans, by: Self.call, memory: RelationMemory()) == 2)
    }

    // MARK: What lies in another span, and what wraps one

    static let ancestor = "{ ancestor: \"kind == 'test'\" }"
    static let child = "{ child: \"kind == 'leaf'\" }"

    @Test func `a span lies in another of its trace, whichever comes first`() throws {
        let test = Self.span(9, seconds: 10, ["n.kind": "test"])
        let inside = Self.span(1, below: 5, at: 1, ["n.n": 1])
        let behind = Self.span(2, at: 9.5, ["n.n": 10])
        let elsewhere = Self.span(3, trace: 2, at: 1, ["n.n": 100])
        let spans = [inside, behind, elsewhere]
        #expect(try Self.counted([Self.body(spans + [test])], by: Self.ancestor) == 110)
        #expect(try Self.counted([Self.body([test] + spans)], by: Self.ancestor) == 110)
        // In a later request it is known by then; in an earlier one it cannot be.
        let apart = [Self.body([test]), Self.body(spans)]
        #expect(try Self.counted(apart, by: Self.ancestor) == 111)
        #expect(try Self.counted(apart, by: Self.ancestor, memory: RelationMemory()) == 110)
        #expect(try Self.counted(apart.reversed(), by: Self.ancestor, memory: RelationMemory()) == 111)
    }

    @Test func `a span wraps its child, not its grandchild or itself`() throws {
        let leaf = Self.span(1, below: 2, ["n.kind": "leaf", "n.n": 1])
        let parent = Self.span(2, below: 3, ["n.n": 10])
        let grandparent = Self.span(3, ["n.n": 100])
        let stranger = Self.span(2, trace: 2, ["n.n": 1000])
        let spans = [leaf, parent, grandparent, stranger]
        #expect(try Self.counted([Self.body(spans)], by: Self.child) == 1101)
        #expect(try Self.counted([Self.body(spans.reversed())], by: Self.child) == 1101)
        let apart = spans.map { Self.body([$0]) }
        #expect(try Self.counted(apart, by: Self.child, memory: RelationMemory()) == 1101)
    }

    @Test func `a parent id of zeros is none`() throws {
        let nowhere = Self.span(1, below: 0, ["n.kind": "leaf", "n.n": 1])
        var zero = Self.span(0, ["n.n": 10])
        zero.spanID = [0, 0, 0, 0, 0, 0, 0, 0]
        #expect(try Self.counted([Self.body([nowhere, zero])], by: Self.child) == 11)
        let root = "meters: [{ on: span.is_root, counters: { roots_total: 1 } }]"
        let source = PackSource(file: "my.yaml", text: "pack: mine\n\(root)\n")
        #expect(try Scraped([Self.body([nowhere])], sources: [source]).sum("roots_total") == 1)
    }

    @Test func `a span wraps its child only where both say the same`() throws {
        let leaf = Self.span(1, below: 2, ["n.kind": "leaf", "n.n": 1, "call.id": "c"])
        let relation = "{ child: \"kind == 'leaf'\", by: [call] }"
        for (call, sum) in [("c", 1.0), ("d", 11), ("", 11)] {
            let parent = Self.span(2, ["n.n": 10, "call.id": .text(call)])
            #expect(try Self.counted([Self.body([leaf, parent])], by: relation) == sum)
            #expect(try Self.counted([Self.body([parent, leaf])], by: relation) == sum)
        }
    }

    // MARK: Limits and mistakes

    @Test func `a request of many related spans is counted once and whole`() throws {
        let spans = (0..<20_000).map { number in
            var span = Self.span(1, below: 5, ["n.n": 1, "n.kind": "leaf"])
            span.parentSpanID = [UInt8](repeating: 9, count: 8)
            span.spanID = withUnsafeBytes(of: UInt64(number + 1).bigEndian) { Array($0) }
            return span
        }
        #expect(try Self.counted([Self.body(spans)], by: Self.child, memory: RelationMemory()) == 20_000)
    }

    @Test(
        arguments: [
            ("{ uncle: has(number) }", "uncle"), ("{ by: [call] }", "0 verbs"),
            ("{ child: has(number), ancestor: has(number) }", "2 verbs"),
            ("{ same_call: has(number) }", "has no 'by'"), ("{ ancestor: has(number), by: [call] }", "'by'"),
            ("{ previous_sibling: has(number) }", "has no 'says'"),
            ("{ child: has(number), says: call }", "'says'"), ("{ child: has(number), of: number }", "'of'"),
            ("{ descendant: has(number) }", "has no 'of'"),
            ("{ child: has(nummer) }", "did you mean 'number'"),
        ]) func `a relation that means nothing is refused`(relation: String, message: String)
    {
        let error = #expect(throws: PackProblems.self) { try Self.counted([], by: relation) }
        #expect(error.map { "\($0)".contains(message) } == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test func `more relations than a span's shape has bits for are refused`() {
        let relations = (0..<33).map { "r\($0): { child: has(a.a) }" }.joined(separator: ", ")
        let pack = "pack: mine\nrelations: { \(relations) }\nmeters: [{ on: r1, counters: { a_total: 1 } }]"
        let error = #expect(throws: PackProblems.self) {
            try PackSet(sources: [PackSource(file: "my.yaml", text: pack)])
        }
        #expect(error.map { "\($0)".contains("33 relations, 32 are the most") } == true)
    }
}
