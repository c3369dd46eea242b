/// Writes protobuf fields, on request in forms that no encoder chooses and every decoder takes.
package struct WireWriter: Sendable {
    /// What was written.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    /// Appends a varint in at least `byteCountMin` bytes, the last ones zero.
    package mutating func varint(_ value: UInt64, byteCountMin: Int = 1) {
        var rest = value
        var count = 1
        while rest >= 0x80 || count < byteCountMin {
            bytes.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
            count += 1
        }
        bytes.append(UInt8(rest))
    }

    /// Appends a field's tag; wire types: 0 varint, 1 eight bytes, 2 length and bytes, 5 four bytes.
    package mutating func tag(_ field: Int, _ wireType: Int, byteCountMin: Int = 1) {
        varint(UInt64(field) << 3 | UInt64(wireType), byteCountMin: byteCountMin)
    }

    /// Appends a whole field of bytes.
    package mutating func field(_ field: Int, _ content: [UInt8], byteCountMin: Int = 1) {
        tag(field, 2, byteCountMin: byteCountMin)
        varint(UInt64(content.count), byteCountMin: byteCountMin)
        bytes += content
    }

    /// Appends a whole field of a number.
    package mutating func field(_ field: Int, varint value: UInt64, byteCountMin: Int = 1) {
        tag(field, 0)
        varint(value, byteCountMin: byteCountMin)
    }

    /// Appends a whole field of eight bytes.
    package mutating func field(_ field: Int, fixed64 value: UInt64) {
        tag(field, 1)
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    /// Appends what was written elsewhere.
    package mutating func raw(_ content: [UInt8]) { bytes += content }

    /// The bytes of one field.
    package static func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.field(number, content)
        return writer.bytes
    }
}
