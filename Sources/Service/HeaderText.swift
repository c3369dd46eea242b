extension StringProtocol {
    /// Compares ASCII letters without regard to case and all other bytes as they are; header names and tokens
    /// are compared so.
    func equalsIgnoringCase(_ other: StaticString) -> Bool {
        guard utf8.count == other.utf8CodeUnitCount else { return false }
        return other.withUTF8Buffer { other in
            for (byte, wanted) in zip(utf8, other) where byte.asciiLowercased != wanted.asciiLowercased {
                return false
            }
            return true
        }
    }

    /// The text as part of a message: a peer's text is not repeated at length.
    var cut: String { utf8.count > 100 ? "\(prefix(100))…" : String(self) }
}

extension Substring {
    /// Without blanks and tabs at both ends; nil when nothing is left.
    var trimmedOfBlanks: Substring? {
        func isBlank(_ character: Character) -> Bool { character == " " || character == "\t" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) })
        else { return nil }
        return self[first...last]
    }
}

extension UInt8 {
    fileprivate var asciiLowercased: UInt8 {
        self >= UInt8(ascii: "A") && self <= UInt8(ascii: "Z") ? self | 0x20 : self
    }
}
