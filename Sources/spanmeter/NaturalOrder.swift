/// Names compared as people do: runs of digits by their number, `run2` before `run10`.
enum NaturalOrder {
    /// Whether `left` comes before `right`; a total order, so that sorting is stable over runs.
    static func precedes(_ left: String, _ right: String) -> Bool {
        var a = Array(left.utf8)[...]
        var b = Array(right.utf8)[...]
        while let first = a.first, let second = b.first {
            if isDigit(first), isDigit(second) {
                let (number, other) = (takeNumber(&a), takeNumber(&b))
                if number != other {
                    return number.count == other.count
                        ? number.lexicographicallyPrecedes(other) : number.count < other.count
                }
            } else if first != second {
                return first < second
            } else {
                a.removeFirst()
                b.removeFirst()
            }
        }
        // Equal but for leading zeros: by bytes.
        return a.isEmpty && b.isEmpty ? left < right : a.isEmpty
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    /// The digits at the front without leading zeros, of any length.
    private static func takeNumber(_ bytes: inout ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let digits = bytes.prefix(while: isDigit)
        bytes = bytes.dropFirst(digits.count)
        return digits.drop { $0 == 0x30 }
    }
}
