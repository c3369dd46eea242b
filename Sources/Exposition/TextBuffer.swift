/// Bytes being rendered: room is made once per series, then filled without further checks of capacity.
package struct TextBuffer: ~Copyable {
    private var storage: [UInt8]
    /// How many bytes are rendered.
    package private(set) var count = 0

    package init(byteCountTarget: Int) {
        storage = [UInt8](repeating: 0, count: byteCountTarget)
    }

    /// Forgets the content, keeping memory.
    package mutating func removeAll() { count = 0 }

    /// The rendered bytes.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        storage.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
    }

    /// Appends bytes that were rendered elsewhere.
    package mutating func append(contentsOf bytes: [UInt8]) {
        reserve(bytes.count)
        append(bytes)
    }

    /// Makes room for `byteCount` more bytes.
    mutating func reserve(_ byteCount: Int) {
        if storage.count - count < byteCount {
            storage += [UInt8](repeating: 0, count: max(byteCount, storage.count))
        }
    }

    /// HOT: four times per line (benchmark `render`). The range check of `storage` is the bound.
    mutating func append(_ bytes: [UInt8]) {
        append(bytes, 0..<bytes.count)
    }

    /// Appends a part of `bytes`; traps when `reserve` was forgotten.
    mutating func append(_ bytes: [UInt8], _ range: Range<Int>) {
        let start = count
        count += range.count
        storage.withUnsafeMutableBytes { target in
            bytes.withUnsafeBytes { source in
                target[start..<start + range.count].copyBytes(from: source[range])
            }
        }
    }

    mutating func appendNewline() {
        storage[count] = UInt8(ascii: "\n")
        count += 1
    }

    mutating func appendSpace() {
        storage[count] = UInt8(ascii: " ")
        count += 1
    }

    /// Appends a whole number in decimal.
    mutating func append(_ value: UInt64) {
        if value < 10 {
            storage[count] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: value)
            count += 1
            return
        }
        var digitCount = 1
        var bound: UInt64 = 10
        while digitCount < 20, value >= bound {
            digitCount += 1
            bound = bound &* 10
            if digitCount == 20 { break }
        }
        var rest = value
        var position = count + digitCount
        count = position
        while rest > 0 {
            position -= 1
            storage[position] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
    }

    /// Appends a number as `TextFormat.number` writes it, without a String where it is whole.
    mutating func append(_ value: Double) {
        if value >= 0, value < 9e15, value.rounded(.towardZero) == value {
            append(UInt64(value))
        } else {
            append(Array(TextFormat.number(value).utf8))
        }
    }
}
