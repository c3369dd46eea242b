/// Appends protobuf fields to a byte array; no more of the format than OTLP requests need.
///
/// The length of a nested message is known only when it is complete, so `message` builds it apart and
/// copies it once: clarity wins over speed here.
package struct ProtobufWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// Has written nothing.
    package init() {}

    /// Appends a field of wire type 0.
    package mutating func integer(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    /// Appends a field of wire type 1.
    package mutating func fixed64(_ field: UInt64, _ value: UInt64) {
        varint(field << 3 | 1)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends a field of wire type 5.
    package mutating func fixed32(_ field: UInt64, _ value: UInt32) {
        varint(field << 3 | 5)
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Appends a field of wire type 2.
    package mutating func data(_ field: UInt64, _ value: some Collection<UInt8>) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    /// Appends a string, an empty one too.
    package mutating func string(_ field: UInt64, _ value: String) {
        data(field, value.utf8)
    }

    /// Appends a nested message.
    package mutating func message(_ field: UInt64, _ build: (inout ProtobufWriter) -> Void) {
        var nested = ProtobufWriter()
        build(&nested)
        data(field, nested.bytes)
    }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}
