/// A number of bytes, written `64MiB`, `1GB` or `4096`.
package struct ByteSize: ConfigurationValue, Hashable, Comparable {
    /// The size in bytes; never negative.
    package let byteCount: Int

    /// Makes a size of `byteCount` bytes.
    ///
    /// - Precondition: `byteCount` is not negative.
    package init(byteCount: Int) {
        precondition(byteCount >= 0, "a size is not negative")
        self.byteCount = byteCount
    }

    /// `count` times 1024 bytes.
    package static func kibibytes(_ count: Int) -> ByteSize { ByteSize(byteCount: count << 10) }

    /// `count` times 1024² bytes.
    package static func mebibytes(_ count: Int) -> ByteSize { ByteSize(byteCount: count << 20) }

    /// `count` times 1024³ bytes.
    package static func gibibytes(_ count: Int) -> ByteSize { ByteSize(byteCount: count << 30) }

    package static var placeholder: String { "SIZE" }

    /// Units by their names in lower case; those with an `i` count in 1024, the others in 1000.
    private static let units: [String: Int] = [
        "": 1, "b": 1,
        "kb": 1_000, "mb": 1_000_000, "gb": 1_000_000_000, "tb": 1_000_000_000_000,
        "kib": 1 << 10, "mib": 1 << 20, "gib": 1 << 30, "tib": 1 << 40,
    ]

    /// Reads a whole number with a unit (B, KB, MB, GB, TB, KiB, MiB, GiB, TiB, in any case) or without.
    ///
    /// - Throws: `ValueProblem` for anything else and for what does not fit an `Int`.
    package init(configurationText text: String) throws(ValueProblem) {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text.dropFirst(digits.count).lowercased()
        guard let number = Int(digits), let factor = Self.units[unit] else {
            throw ValueProblem(wanted: "a size such as 64MiB, 1GB or 4096")
        }
        let (bytes, overflow) = number.multipliedReportingOverflow(by: factor)
        guard !overflow else { throw ValueProblem(wanted: "a size below 8192PiB") }
        byteCount = bytes
    }

    /// The size in the largest unit that divides it: `64MiB`, `1GB`, `4097`.
    package var configurationText: String {
        let names = [
            (1 << 40, "TiB"), (1_000_000_000_000, "TB"), (1 << 30, "GiB"), (1_000_000_000, "GB"),
            (1 << 20, "MiB"), (1_000_000, "MB"), (1 << 10, "KiB"), (1_000, "KB"),
        ]
        for (factor, name) in names where byteCount > 0 && byteCount.isMultiple(of: factor) {
            return "\(byteCount / factor)\(name)"
        }
        return String(byteCount)
    }

    package static func < (left: ByteSize, right: ByteSize) -> Bool { left.byteCount < right.byteCount }
}
