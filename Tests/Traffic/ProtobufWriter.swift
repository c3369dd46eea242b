/// Appends protobuf fields to a byte array; just what building OTLP requests needs.
///
/// The length of a nested message is known only when it is complete, so `message` builds it apart and
/// copies it once. Templates are built before the load begins, therefore clarity wins over speed here.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }

    mutating func integer(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        varint(field << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func data(_ field: UInt64, _ value: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func string(_ field: UInt64, _ value: String) {
        data(field, value.utf8)
    }

    mutating func message(_ field: UInt64, _ build: (inout ProtobufWriter) -> Void) {
        var nested = ProtobufWriter()
        build(&nested)
        data(field, nested.bytes)
    }
}

/// The value of an OTLP attribute, in the kinds that the routing suites send.
enum AttributeValue {
    case string(String)
    case int(Int)
    case double(Double)
}

extension ProtobufWriter {
    /// Writes a `KeyValue` as field `field` of the message being built.
    mutating func attribute(_ field: UInt64, _ key: String, _ value: AttributeValue) {
        message(field) { pair in
            pair.string(1, key)
            pair.message(2) { any in
                switch value {
                case .string(let text): any.string(1, text)
                case .int(let number): any.integer(3, UInt64(bitPattern: Int64(number)))
                case .double(let number): any.fixed64(4, number.bitPattern)
                }
            }
        }
    }
}
