import SeededRandom

/// A body as nested fields, for mutations that keep all lengths true.
struct FieldTree {
    indirect enum Content {
        case varint([UInt8])
        case fixed([UInt8])
        case bytes([UInt8])
        case message([FieldTree])
    }

    /// Field number and wire type.
    var tag: UInt64
    var content: Content

    /// Deeper than any trace goes; what lies below stays bytes.
    private static let depthMax = 8

    /// The fields of `body`; nil where it is no message.
    static func fields(of body: [UInt8], depth: Int = 0) -> [FieldTree]? {
        var fields: [FieldTree] = []
        var rest = body[...]
        while !rest.isEmpty {
            guard let tag = number(&rest) else { return nil }
            switch tag & 7 {
            case 0:
                let before = rest
                guard number(&rest) != nil else { return nil }
                fields.append(FieldTree(tag: tag, content: .varint(Array(before.dropLast(rest.count)))))
            case 1, 5:
                let count = tag & 7 == 1 ? 8 : 4
                guard rest.count >= count else { return nil }
                fields.append(FieldTree(tag: tag, content: .fixed(Array(rest.prefix(count)))))
                rest = rest.dropFirst(count)
            case 2:
                guard let count = number(&rest), count <= UInt64(rest.count) else { return nil }
                let bytes = Array(rest.prefix(Int(count)))
                rest = rest.dropFirst(Int(count))
                let inner =
                    depth < depthMax && !bytes.isEmpty ? Self.fields(of: bytes, depth: depth + 1) : nil
                fields.append(FieldTree(tag: tag, content: inner.map { .message($0) } ?? .bytes(bytes)))
            default: return nil
            }
        }
        return fields
    }

    private static func number(_ rest: inout ArraySlice<UInt8>) -> UInt64? {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
        }
        return nil
    }

    /// The fields as bytes, with true lengths.
    static func encoded(_ fields: [FieldTree]) -> [UInt8] {
        var writer = WireWriter()
        for field in fields {
            writer.varint(field.tag)
            switch field.content {
            case .varint(let bytes), .fixed(let bytes): writer.raw(bytes)
            case .bytes(let bytes):
                writer.varint(UInt64(bytes.count))
                writer.raw(bytes)
            case .message(let inner):
                let bytes = encoded(inner)
                writer.varint(UInt64(bytes.count))
                writer.raw(bytes)
            }
        }
        return writer.bytes
    }

    /// Changes one field somewhere below.
    static func mutate(_ fields: inout [FieldTree], _ random: inout SeededRandom) {
        if fields.isEmpty {
            fields.append(
                FieldTree(tag: UInt64(random.below(128)) << 3 | 2, content: .bytes(random.bytes(4))))
            return
        }
        let index = random.below(fields.count)
        if case .message(var inner) = fields[index].content, !random.once(in: 4) {
            mutate(&inner, &random)
            fields[index].content = .message(inner)
            return
        }
        switch random.below(7) {
        case 0: fields.remove(at: index)
        case 1: fields.insert(fields[index], at: random.below(fields.count + 1))
        case 2: fields.swapAt(index, random.below(fields.count))
        case 3: fields[index].tag ^= 1 << UInt64(3 + random.below(4))
        case 4: fields[index].tag = fields[index].tag & ~7 | random.pick([0, 1, 2, 2, 2, 5])
        default: fields[index].content = changed(fields[index].content, &random)
        }
    }

    private static func changed(_ content: Content, _ random: inout SeededRandom) -> Content {
        switch content {
        case .varint:
            var writer = WireWriter()
            writer.varint(random.next() >> UInt64(random.below(64)), byteCountMin: 1 + random.below(10))
            return .varint(writer.bytes)
        case .fixed(let bytes): return .fixed(random.bytes(bytes.count))
        case .bytes(let bytes):
            switch random.below(4) {
            case 0: return .bytes([])
            case 1: return .bytes(bytes + random.bytes(1 + random.below(200)))
            case 2: return .bytes(Array(bytes.dropLast()))
            default: return .bytes(random.bytes(bytes.count))
            }
        case .message: return random.once(in: 2) ? .message([]) : .bytes(random.bytes(random.below(30)))
        }
    }
}
