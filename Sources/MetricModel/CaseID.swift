/// Cuts ids so that two of them never become one.
package enum CaseID {
    /// The text itself where it has at most `byteCountMax` bytes; else its first bytes, `~` and eight hex digits
    /// that stand for all of it.
    ///
    /// The digits are those of FNV-1a, 64 bits folded to 32: they are the same in every process.
    package static func text(_ bytes: [UInt8], byteCountMax: Int) -> [UInt8] {
        guard bytes.count > byteCountMax else { return bytes }
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(UInt32(truncatingIfNeeded: hash ^ hash &>> 32), radix: 16)
        let tail = "~" + String(repeating: "0", count: 8 - digits.count) + digits
        return cut(bytes, byteCountMax: max(0, byteCountMax - 9)) + Array(tail.utf8)
    }

    /// The same for a text.
    package static func text(_ text: String, byteCountMax: Int) -> String {
        guard text.utf8.count > byteCountMax else { return text }
        return String(decoding: Self.text(Array(text.utf8), byteCountMax: byteCountMax), as: UTF8.self)
    }

    /// At most so many bytes, none of a character torn off.
    package static func cut(_ bytes: [UInt8], byteCountMax: Int) -> [UInt8] {
        guard bytes.count > byteCountMax else { return bytes }
        var count = byteCountMax
        while count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 }
        return Array(bytes[..<count])
    }
}
