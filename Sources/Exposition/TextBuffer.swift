import Bytes

/// Bytes being rendered: room is made once per series, then filled.
package struct TextBuffer: ~Copyable {
    private var storage: OwnedBuffer<UInt8>

    /// An empty buffer with room for `byteCountTarget` bytes.
    package init(byteCountTarget: Int) {
        storage = OwnedBuffer(capacity: byteCountTarget)
    }

    /// How many bytes are rendered.
    package var count: Int { mutating get { storage.count } }

    /// Forgets the content, keeping memory.
    package mutating func removeAll() { storage.removeAll() }

    /// The rendered bytes.
    package mutating func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes(body)
    }

    /// Appends bytes that were rendered elsewhere.
    package mutating func append(contentsOf bytes: [UInt8]) { append(bytes) }

    /// Makes room for `byteCount` more bytes at once.
    mutating func reserve(_ byteCount: Int) { storage.reserve(byteCount) }

    /// HOT: four times per line (benchmark `render`).
    @inline(__always) mutating func append(_ bytes: [UInt8]) {
        bytes.withUnsafeBufferPointer { storage.append(contentsOf: $0) }
    }

    /// Appends a part of `bytes`; traps where that is not inside.
    @inline(__always) mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
        bytes.withUnsafeBufferPointer { storage.append(contentsOf: UnsafeBufferPointer(rebasing: $0[range])) }
    }

    mutating func append(_ byte: Unicode.Scalar) {
        storage.append(UInt8(truncatingIfNeeded: byte.value))
    }

    /// Appends a whole number in decimal.
    mutating func append(_ value: UInt64) {
        if value < 10 { return storage.append(UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)) }
        var digitCount = 0
        var rest = value
        repeat {
            digitCount += 1
            rest /= 10
        } while rest > 0
        storage.append(repeating: UInt8(ascii: "0"), count: digitCount)
        var position = storage.count - 1
        rest = value
        while rest > 0 {
            storage[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
            position -= 1
        }
    }

    /// Appends milliseconds as seconds with three digits behind the point.
    mutating func append(milliseconds: UInt64) {
        append(milliseconds / 1_000)
        append(".")
        for unit in [100, 10, 1] as [UInt64] { append(milliseconds / unit % 10) }
    }

    /// Appends `byteCount` bytes that `body` writes, all of them.
    mutating func append(byteCount: Int, _ body: (UnsafeMutablePointer<UInt8>) -> Void) {
        storage.append(count: byteCount, initializingWith: body)
    }

    /// Appends a number as protobuf writes lengths: seven bits a byte, the lowest first.
    mutating func append(varint value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            storage.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        storage.append(UInt8(truncatingIfNeeded: rest))
    }

    /// Appends a number as `TextFormat.number` writes it, without a String where it is whole.
    /// The shortest text that reads back as the same number is the standard library's to find.
    mutating func append(_ value: Double) {
        if value >= 0, value < 9e15, value.rounded(.towardZero) == value {
            append(UInt64(value))
        } else {
            var text = TextFormat.number(value)
            text.withUTF8 { storage.append(contentsOf: $0) }
        }
    }
}
