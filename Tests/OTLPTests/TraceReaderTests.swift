import OTLP
import Testing
import TraceSamples

/// Finds of the comparison with protobuf-c, and what it cannot show.
@Suite struct `Trace reader` {
    /// One span of one scope of one resource.
    private func body(span: [UInt8]) -> [UInt8] {
        WireWriter.field(1, WireWriter.field(2, WireWriter.field(2, span)))
    }

    @Test(
        arguments: [
            ([0x30, 0x82, 0x80, 0x80, 0x80, 0x10], 2),
            ([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F], -1),
            ([0x30, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], -1),
            ([0x30, 0x07], 7),
        ] as [([UInt8], Int64)])
    func `a span kind has 32 bits, whatever the varint has`(field: [UInt8], kind: Int64) throws {
        var comparison = Comparison(keys: [])
        let spans = comparison.spans(body(span: field))
        #expect(spans?.first?.kind == kind)
        let difference = comparison.difference
        #expect(difference == nil)
    }

    @Test func `a status code has 32 bits, whatever the varint has`() {
        var comparison = Comparison(keys: [])
        let status: [UInt8] = [0x18, 0x82, 0x80, 0x80, 0x80, 0x10]
        let spans = comparison.spans(body(span: WireWriter.field(15, status)))
        #expect(spans?.first?.statusCode == 2)
        let difference = comparison.difference
        #expect(difference == nil)
    }

    @Test func `a known field with another wire type counts as unknown, though protobuf-c refuses the body`()
        throws
    {
        // Kind as packed numbers, start as a varint, the name as eight bytes.
        var span = WireWriter()
        span.field(5, Array("name".utf8))
        span.field(6, [2, 2])
        span.field(7, varint: 5)
        span.field(5, fixed64: 7)
        let bytes = body(span: span.bytes)
        #expect(SpanFacts.oracle(bytes, keys: []) == nil)
        var reader = TraceReader(keys: AttributeKeys([]))
        let spans = try SpanFacts.read(bytes, with: &reader, slotCount: 0)
        var expected = SpanFacts()
        expected.name = Array("name".utf8)
        #expect(spans == [expected])
    }

    @Test func `a value that no pack reads may be broken, one that a pack reads may not`() throws {
        var sample = SampleSpan()
        sample.attributes = [SampleSpan.attribute("a", anyValue: [0x0A, 0x7F])]
        var reader = TraceReader(keys: AttributeKeys(["b"]))
        let spans = try SpanFacts.read(sample.body, with: &reader, slotCount: 1)
        #expect(spans.count == 1)
        var strictReader = TraceReader(keys: AttributeKeys(["a"]))
        #expect(throws: WireError.self) {
            try SpanFacts.read(sample.body, with: &strictReader, slotCount: 1)
        }
    }

    @Test(
        arguments: [
            // A field number of 32 bits: none, though protobuf-c takes it for an unknown one.
            ([0xF8, 0xFF, 0xFF, 0xFF, 0x7F, 0x00], WireError.Reason.badTag),
            ([0x00, 0x00], .badTag), ([0x0B], .badTag), ([0x0C], .badTag), ([0x0F], .badTag),
            ([0x0A], .truncated), ([0x0A, 0x01], .lengthBeyondEnd), ([0x0A, 0x80], .truncated),
            ([0x10, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .varintTooLong),
            ([0x11, 0, 0, 0, 0, 0, 0, 0], .truncated), ([0x15, 0, 0, 0], .truncated),
            ([0x0A, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x01], .lengthBeyondEnd),
        ] as [([UInt8], WireError.Reason)])
    func `bytes that are no message are refused with the reason`(bytes: [UInt8], reason: WireError.Reason) {
        var reader = TraceReader(keys: AttributeKeys([]))
        let error = #expect(throws: WireError.self) {
            try SpanFacts.read(bytes, with: &reader, slotCount: 0)
        }
        #expect(error?.reason == reason)
    }

    @Test func `a body cut at any byte is read as protobuf-c reads it, or refused`() throws {
        var comparison = Comparison(keys: SampleVocabulary.plain.keys)
        var generator = RequestGenerator(.plain, seed: 7)
        var bodies: [[UInt8]] = []
        while bodies.count < 3 {
            let body = generator.request()
            if (500...1_500).contains(body.count) { bodies.append(body) }
        }
        for body in bodies {
            for end in body.indices {
                _ = comparison.spans(Array(body[..<end]))
                let difference = comparison.difference
                try #require(difference == nil, "cut at \(end): \(hex(body))")
            }
        }
    }

    @Test(arguments: [["read"], ["other"]])
    func `arrays 100,000 deep are stepped over`(keys: [String]) throws {
        var sample = SampleSpan()
        sample.attributes = [
            SampleSpan.attribute("read", anyValue: SampleSpan.nestedArray(depth: 100_000)),
            SampleSpan.attribute("other", Array("behind".utf8)),
        ]
        var comparison = Comparison(keys: keys)
        let read = comparison.spans(sample.body)
        let spans = try #require(read)
        let difference = comparison.difference
        #expect(difference == nil)
        let value = try #require(spans.first?.values.first)
        switch (keys, value) {
        case (["read"], .array(let bytes)): #expect(bytes.count > 200_000)
        case (["other"], .string(let bytes)): #expect(bytes == Array("behind".utf8))
        default: Issue.record("unexpected value")
        }
    }

    @Test func `an array is searched without looking into arrays inside it`() throws {
        var array = SampleSpan.nestedArray(depth: 100_000)
        array = WireWriter.field(5, WireWriter.field(1, array))
        #expect(try contains("x", in: array) == false)
        let flat = WireWriter.field(1, WireWriter.field(1, Array("x".utf8)))
        #expect(try contains("x", in: WireWriter.field(5, flat)) == true)
    }

    private func contains(_ wanted: String, in anyValue: [UInt8]) throws -> Bool {
        let whole = ByteRange(offset: 0, count: Int32(anyValue.count))
        let bytes = anyValue.span.bytes
        let value = try AttributeValue.read(whole, bytes)
        return value.contains(Array(wanted.utf8), bytes)
    }
}
