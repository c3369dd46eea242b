/// The fields of one small protobuf message, for answers of a few fields; messages of ours use protobuf-c.
///
/// Iteration ends at the first byte that is no field.
struct ProtobufFields: Sequence, IteratorProtocol {
    /// A field's value.
    enum Value {
        /// A number.
        case varint(UInt64)

        /// A text, a message, bytes.
        case bytes(ArraySlice<UInt8>)

        /// Fixed-size fields, which no answer of OTLP has.
        case skipped
    }

    private var rest: ArraySlice<UInt8>

    /// The fields of the message that `bytes` are.
    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    mutating func next() -> (number: UInt64, value: Value)? {
        guard let tag = varint() else { return nil }
        let number = tag >> 3
        switch tag & 7 {
        case 0: return varint().map { (number, .varint($0)) }
        case 1: return take(8).map { _ in (number, .skipped) }
        case 2:
            guard let count = varint(), let bytes = take(count) else { return nil }
            return (number, .bytes(bytes))
        case 5: return take(4).map { _ in (number, .skipped) }
        default: return nil
        }
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        // Ten bytes of seven bits cover 64 bits.
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard let byte = rest.popFirst() else { return nil }
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
        }
        return nil
    }

    private mutating func take(_ count: UInt64) -> ArraySlice<UInt8>? {
        guard count <= UInt64(rest.count) else { return nil }
        let bytes = rest.prefix(Int(count))
        rest = rest.dropFirst(Int(count))
        return bytes
    }
}
