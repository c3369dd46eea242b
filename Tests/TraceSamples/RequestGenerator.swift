import SeededRandom

/// Makes trace requests that are right but that no client sends: every order, repetition, kind and width that
/// protobuf allows, seeded.
package struct RequestGenerator: Sendable {
    private let vocabulary: SampleVocabulary
    private var random: SeededRandom

    package init(_ vocabulary: SampleVocabulary, seed: UInt64) {
        self.vocabulary = vocabulary
        random = SeededRandom(seed: seed)
    }

    /// The next request.
    package mutating func request() -> [UInt8] {
        var fields = list(3) { $0.message(1) { $0.resourceSpans() } }
        addUnknown(to: &fields, above: 1)
        return joined(fields)
    }

    /// A request with just one span, for comparing spans alone with spans together: requests that stand one
    /// behind the other are one request.
    package mutating func requestOfOneSpan() -> [UInt8] {
        var fields = [message(2) { $0.message(2) { $0.span() } + $0.message(1) { $0.scope() } }]
        fields += list(2) { $0.message(1) { $0.attributes(1) } }
        return WireWriter.field(1, joined(fields))
    }

    private mutating func resourceSpans() -> [UInt8] {
        var fields = list(3) { $0.message(2) { $0.scopeSpans() } }
        fields += list(2) { $0.message(1) { $0.attributes(1) } }
        addUnknown(to: &fields, above: 3)
        return joined(fields)
    }

    private mutating func scopeSpans() -> [UInt8] {
        var fields = list(5) { $0.message(2) { $0.span() } }
        fields += list(2) { $0.message(1) { $0.scope() } }
        addUnknown(to: &fields, above: 3)
        return joined(fields)
    }

    private mutating func scope() -> [UInt8] {
        var fields = list(1) { $0.field(1, $0.text()) } + list(1) { $0.field(2, $0.text()) }
        fields += [attributes(3)]
        return joined(fields)
    }

    private mutating func span() -> [UInt8] {
        let start = random.next() >> 2
        var fields: [[UInt8]] = []
        for _ in 0..<(random.once(in: 10) ? 2 : 1) {
            fields += [field(1, id(16)), field(2, id(8)), field(4, id(8)), field(5, name())]
            fields += [number(6), fixed(7, start), fixed(8, end(start)), attributes(9)]
            if random.once(in: 2) { fields += [message(15) { $0.status() }] }
        }
        while random.once(in: 6), !fields.isEmpty { fields.remove(at: random.below(fields.count)) }
        // Trace state, events, links, flags: known to OTLP, unread here.
        for known in [3, 11, 13] where random.once(in: 6) { fields.append(field(known, random.bytes(9))) }
        addUnknown(to: &fields, above: 16)
        return joined(fields)
    }

    private mutating func status() -> [UInt8] {
        joined(list(2) { $0.field(2, $0.text()) } + list(2) { $0.number(3) })
    }

    private mutating func end(_ start: UInt64) -> UInt64 {
        switch random.below(8) {
        case 0: 0
        case 1: random.next()
        default: start + UInt64(random.below(5_000_000_000))
        }
    }

    private mutating func id(_ count: Int) -> [UInt8] {
        switch random.below(40) {
        case 0: []
        case 1: random.bytes(count - 1)
        case 2: random.bytes(count + 1)
        case 3: [UInt8](repeating: 0, count: count)
        default: random.bytes(count)
        }
    }

    private mutating func name() -> [UInt8] {
        random.once(in: 4) ? text() : random.pick(vocabulary.names)
    }

    private mutating func text() -> [UInt8] {
        random.once(in: 8) ? random.bytes(random.below(40)) : random.pick(vocabulary.texts)
    }

    /// Fields `number` with a few key values, often of the same key.
    private mutating func attributes(_ number: Int) -> [UInt8] {
        joined(list(6) { $0.message(number) { $0.keyValue() } })
    }

    private mutating func keyValue() -> [UInt8] {
        if random.once(in: 3) { return plainKeyValue() }
        var fields = [field(1, key()), message(2) { $0.anyValue() }]
        if random.once(in: 8) { fields.append(message(2) { $0.anyValue() }) }
        if random.once(in: 12) { fields.append(field(1, key())) }
        if random.once(in: 12) { fields.remove(at: random.below(fields.count)) }
        addUnknown(to: &fields, above: 2)
        return random.once(in: 2) ? joined(fields) : fields.flatMap { $0 }
    }

    /// As clients send it.
    private mutating func plainKeyValue() -> [UInt8] {
        var value = WireWriter()
        value.field(1, text())
        return WireWriter.field(1, key()) + WireWriter.field(2, value.bytes)
    }

    private mutating func key() -> [UInt8] {
        random.once(in: 4) ? random.pick(vocabulary.otherKeys) : Array(random.pick(vocabulary.keys).utf8)
    }

    private mutating func anyValue() -> [UInt8] {
        var fields = random.once(in: 12) ? [] : [value()]
        if random.once(in: 12) { fields.append(value()) }
        addUnknown(to: &fields, above: 7)
        return joined(fields)
    }

    private mutating func value() -> [UInt8] {
        switch random.below(12) {
        case 0...3: return field(1, text())
        case 4: return number(2)
        case 5, 6: return number(3)
        case 7: return fixed(4, random.pick(vocabulary.numbers).bitPattern)
        case 8: return fixed(4, random.next())
        case 9: return message(5) { $0.array() }
        case 10: return field(6, random.once(in: 2) ? random.bytes(20) : attributes(1))
        default: return field(7, random.bytes(random.below(20)))
        }
    }

    private mutating func array() -> [UInt8] {
        joined(
            list(4) { $0.random.once(in: 5) ? $0.field(1, $0.random.bytes(5)) : $0.message(1) { $0.value() } }
        )
    }

    // MARK: Wire

    private mutating func list(
        _ countMax: Int, _ make: (inout RequestGenerator) -> [UInt8]
    ) -> [[UInt8]] {
        (0..<random.below(countMax + 1)).map { _ in make(&self) }
    }

    private mutating func joined(_ fields: [[UInt8]]) -> [UInt8] {
        if random.once(in: 2) { return fields.flatMap { $0 } }
        return fields.shuffled(using: &random).flatMap { $0 }
    }

    /// At most five bytes for tags and lengths: protobuf-c takes no more, and a tag has no more than 32 bits.
    private mutating func width(upTo limit: Int) -> Int { random.once(in: 10) ? 1 + random.below(limit) : 1 }

    private mutating func message(
        _ number: Int, _ content: (inout RequestGenerator) -> [UInt8]
    ) -> [UInt8] {
        field(number, content(&self))
    }

    private mutating func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.field(number, content, byteCountMin: width(upTo: 5))
        return writer.bytes
    }

    /// At the edges of varints and of 32 bits.
    private static let edgeNumbers: [UInt64] = [
        0, 127, 128, 0x8000_0000, 0x1_0000_0000, 0x1_0000_0002, 0x7FFF_FFFF_FFFF_FFFF,
    ]

    private mutating func number(_ field: Int) -> [UInt8] {
        let value: UInt64 =
            switch random.below(6) {
            case 0: random.next()
            case 1: UInt64.max
            case 2: random.pick(Self.edgeNumbers)
            default: UInt64(random.below(6))
            }
        var writer = WireWriter()
        writer.field(field, varint: value, byteCountMin: width(upTo: 10))
        return writer.bytes
    }

    private mutating func fixed(_ field: Int, _ value: UInt64) -> [UInt8] {
        var writer = WireWriter()
        writer.field(field, fixed64: value)
        return writer.bytes
    }

    private mutating func addUnknown(to fields: inout [[UInt8]], above known: Int) {
        while random.once(in: 6) {
            var writer = WireWriter()
            let number = random.once(in: 5) ? 1 << 29 - 1 : known + 1 + random.below(200)
            switch random.below(4) {
            case 0: writer.field(number, varint: random.next(), byteCountMin: width(upTo: 10))
            case 1: writer.field(number, fixed64: random.next())
            case 2: writer.field(number, random.bytes(random.below(200)), byteCountMin: width(upTo: 5))
            default:
                writer.tag(number, 5)
                writer.raw(random.bytes(4))
            }
            fields.append(writer.bytes)
        }
    }
}
