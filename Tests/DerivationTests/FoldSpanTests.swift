import Bytes
import Derivation
import MetricModel
import Packs
import Testing
import TraceBuilder

@Suite struct `Spans that folds want` {
    static let pack = """
        pack: mine
        folds:
          - fold: shop
            case:
              on: has(a.test)
              test: concat(a.suite, '/', a.test)
              worker: star(a.where, 'worker *')
              duration: a.ms / 1000
              retry: a.try > 0
              message: a.why
            failures: { event: 'fail*', type: [e.type], message: [e.text, e.note] }
          - fold: counted
            case: { on: a.count > 2 and has(b.test), test: b.test }
        """

    /// What the spans say, and how many no meter and no fold wanted.
    static func said(
        _ spans: [SpanContent], resource: Attributes = ["service.name": "shop"], leavingOut: [UInt32] = [],
        valueByteCountMax: Int = 64
    ) throws -> (spans: [FoldSpan], unmatched: Int) {
        let packs = try PackSet(sources: [PackSource(file: "mine.yaml", text: pack)])
        let program = Program(packs)
        var deriver = Deriver(
            program: program, hash: ByteHash(seed: 1), valueByteCountMax: valueByteCountMax)
        var result: [FoldSpan] = []
        // Twice: the second time by plans that are there.
        for _ in 0..<2 {
            result = []
            let body = TraceBody.bytes(resource: resource, spans)
            try deriver.begin(body.span.bytes, leavingOut: leavingOut)
            while try deriver.nextBatch(body.span.bytes) {
                #expect(deriver.batch.folds.isEmpty == deriver.batch.folds.section(names: []).isEmpty)
                let section = deriver.batch.folds.section(names: program.foldNames)
                guard !section.isEmpty else { continue }
                var reader = try FoldSection(section.span.bytes)
                while let span = try reader.next(section.span.bytes) { result.append(span) }
            }
        }
        return (result, deriver.counts.unmatched)
    }

    @Test func `say what the pack reads of them`() throws {
        var span = SpanContent(
            "t", status: .error, seconds: 1,
            [
                "a.test": "adds", "a.suite": "cart", "a.where": "worker 7", "a.ms": 250, "a.try": 1,
                "a.why": "lost 3 of 4",
            ])
        span.parentSpanID = [9, 9, 9, 9, 9, 9, 9, 9]
        span.events = [
            ("other", 5, ["e.text": "no"]), ("failed", 7, ["e.note": "got 'x'", "e.type": "Oops"]),
            ("fail", 8, [:]),
        ]
        let resource: Attributes = [
            "service.name": "shop", "vcs.ref.head.revision": "0a1b2c3", "git.branch": "refs/heads/a/b",
        ]
        let said = try Self.said([span, SpanContent("other")], resource: resource)
        #expect(said.unmatched == 1)
        let found = try #require(said.spans.first)
        #expect(said.spans.count == 1)
        #expect(found.fold == "shop")
        #expect(found.role == .test)
        #expect(
            found.texts == [
                .service: "shop", .environment: "default", .test: "cart/adds", .worker: "7",
                .message: "lost # of #",
                .revision: "0a1b2c3", .branch: "a/b",
            ])
        #expect(found.numbers == [.duration: 0.25, .retry: 1])
        #expect(
            found.failures == [
                FoldSpan.Failure(time: 7, pattern: "Oops: got \"…\""), FoldSpan.Failure(time: 8, pattern: ""),
            ])
        #expect(found.identity.span == 0x0102_0304_0506_0708)
        #expect(found.identity.parent == 0x0909_0909_0909_0909)
        #expect(found.identity.traceLow == 0xA5A5_A5A5_A5A5_A5A5)
        #expect(found.identity.status == 2)
        #expect(found.identity.end - found.identity.start == 1_000_000_000)
    }

    @Test func `leave out what is missing`() throws {
        let found = try #require(
            try Self.said([SpanContent(["a.test": "adds", "a.where": "nowhere"])]).spans.first)
        #expect(found.texts == [.service: "shop", .environment: "default", .test: "/adds"])
        #expect(found.numbers == [:])
    }

    @Test func `are asked one by one where a number decides`() throws {
        let said = try Self.said([
            SpanContent(["a.count": 3, "b.test": "x"]), SpanContent(["a.count": 2, "b.test": "y"]),
            SpanContent(["a.count": 4, "b.test": "x"]),
        ])
        #expect(said.spans.map(\.texts[.test]) == ["x", "x"])
        #expect(said.unmatched == 1)
    }

    @Test func `say nothing when they come again`() throws {
        let spans = [
            SpanContent(["a.test": "a"]), SpanContent(["a.test": "b"]), SpanContent(["a.test": "c"]),
        ]
        #expect(try Self.said(spans, leavingOut: [1]).spans.map(\.texts[.test]) == ["/a", "/c"])
    }

    @Test func `keep long ids apart, and cut other texts`() throws {
        let long = String(repeating: "ü", count: 40)
        let spans = ["a", "b"].map {
            SpanContent(["a.test": .text(long + $0), "a.where": .text("worker " + long)])
        }
        let said = try Self.said(spans).spans
        let tests = said.compactMap(\.texts[.test])
        #expect(Set(tests).count == 2)
        #expect(tests.allSatisfy { $0.utf8.count <= 64 })
        #expect(said.first?.texts[.worker] == String(repeating: "ü", count: 32))
    }

    @Test func `do not trip over texts that are none`() throws {
        let span = SpanContent(["a.test": .rawText([0xFF, 0xFE]), "a.why": .rawText([0xC3])])
        let found = try #require(try Self.said([span]).spans.first)
        #expect(found.texts[.test] == "/\u{FFFD}\u{FFFD}")
    }

    @Test(arguments: [
        ("concat(a, 'x', b.c)", "x7"), ("concat(b.none)", nil), ("star(b.t, '*-*')", "one"),
        ("star(b.t, 'x*')", nil), ("is_commit(b.t)", "false"), ("is_commit(b.none)", nil),
        ("is_commit('0a1b2c3d')", "true"), ("concat(b.c, '.5') + 1", "8.5"),
    ]) func `and labels know the same forms`(expression: String, text: String?) throws {
        let span = SpanContent(["b.c": 7, "b.t": "one-two"])
        #expect(try Probe(expression, fields: ["a: [a.missing]"], span).text == text)
    }
}
