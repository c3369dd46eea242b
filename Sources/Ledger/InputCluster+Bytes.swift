internal import Bytes
internal import MetricModel

/// ```
/// cluster = version service environment serial count last sum{256} count word*
/// word    = tag count count identity* text
/// ```
/// Sums with their signs in the lowest bit; an empty text is none.
extension InputCluster {
    private static let version: UInt8 = 1

    func encoded() -> [UInt8] {
        var writer = ByteWriter(capacity: 1 << 11)
        writer.byte(Self.version)
        for text in [owner.service, owner.environment] { writer.text(text.text) }
        for number in [serial, count, last] { writer.varint(UInt64(bitPattern: number)) }
        for sum in sums { writer.varint(UInt64(UInt32(bitPattern: sum << 1 ^ sum >> 31))) }
        writer.varint(words.count)
        for word in words {
            writer.varint(UInt64(word.tag))
            writer.varint(UInt64(bitPattern: word.count))
            writer.varint(word.inputs.count)
            for identity in word.inputs { writer.varint(UInt64(identity)) }
            writer.text(word.text ?? "")
        }
        return writer.bytes
    }

    init(_ bytes: RawSpan) throws(ByteReaderError) {
        var reader = ByteReader(bytes)
        guard try reader.byte(bytes) == Self.version else { throw reader.failure }
        owner = Owner(
            service: ExactText(try reader.string(bytes)), environment: ExactText(try reader.string(bytes)))
        serial = Int64(try reader.number(below: 1 << 62, bytes))
        count = Int64(try reader.number(below: 1 << 62, bytes))
        last = Int64(bitPattern: try reader.varint(bytes))
        for place in sums.indices {
            let code = UInt32(try reader.number(below: 1 << 32, bytes))
            sums[place] = Int32(bitPattern: code >> 1) ^ -Int32(code & 1)
        }
        for _ in 0..<(try reader.number(below: Self.wordCountMax + 1, bytes)) {
            var word = Word(tag: UInt32(try reader.number(below: 1 << 32, bytes)))
            word.count = Int64(try reader.number(below: 1 << 62, bytes))
            for _ in 0..<(try reader.number(below: Self.sharedInputCount + 1, bytes)) {
                word.inputs.append(UInt32(try reader.number(below: 1 << 32, bytes)))
            }
            let text = try reader.string(bytes)
            word.text = text.isEmpty ? nil : text
            words.append(word)
        }
        // So that a sum of what comes cannot leave what an Int32 holds.
        guard sums.allSatisfy({ abs(Int64($0)) < 1 << 24 }) else { throw reader.failure }
    }
}

extension InputTable {
    /// The row 0: the next serial, so that none is given out twice.
    static func encoded(nextSerial: Int64) -> [UInt8] {
        var writer = ByteWriter(capacity: 16)
        writer.varint(UInt64(nextSerial))
        return writer.bytes
    }

    /// Takes in a row.
    mutating func load(_ id: Int64, _ bytes: RawSpan) throws(ByteReaderError) {
        if id == 0 {
            var reader = ByteReader(bytes)
            nextSerial = max(nextSerial, Int64(try reader.number(below: 1 << 62, bytes)))
            return
        }
        let cluster = try InputCluster(bytes)
        guard id > 0, id <= Self.countMax else { throw ByteReader(bytes).failure }
        put(cluster, at: Int32(id - 1))
    }
}
