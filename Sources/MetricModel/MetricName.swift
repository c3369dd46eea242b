/// A Prometheus metric name that obeys `[a-zA-Z_:][a-zA-Z0-9_:]*`.
package struct MetricName: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String

    /// - Throws: `NameError` that names the first illegal byte and its offset.
    package init(_ text: String) throws(NameError) {
        try NameError.check(text, kind: "metric name", allowsColon: true)
        self.text = text
    }

    package var description: String { text }

    package static func < (left: MetricName, right: MetricName) -> Bool { left.text < right.text }
}

/// A Prometheus label name that obeys `[a-zA-Z_][a-zA-Z0-9_]*` and does not begin with `__`.
package struct LabelName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: `NameError` that names the first illegal byte and its offset.
    package init(_ text: String) throws(NameError) {
        try NameError.check(text, kind: "label name", allowsColon: false)
        if text.hasPrefix("__") {
            throw NameError(
                message: "label name '\(text)' begins with '__', which Prometheus keeps to itself")
        }
        self.text = text
    }

    package var description: String { text }
}

/// Why a text is no metric or label name; `message` is ready to be shown.
package struct NameError: Error, Equatable {
    package let message: String

    fileprivate static func check(_ text: String, kind: String, allowsColon: Bool) throws(NameError) {
        if text.isEmpty { throw NameError(message: "\(kind) is empty") }
        for (offset, byte) in text.utf8.enumerated() {
            let legal =
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "_"):
                    true
                case UInt8(ascii: "0")...UInt8(ascii: "9"): offset > 0
                case UInt8(ascii: ":"): allowsColon
                default: false
                }
            if !legal {
                let digits = String(byte, radix: 16)
                let hex = digits.count == 1 ? "0" + digits : digits
                throw NameError(message: "\(kind) '\(text)' has illegal byte 0x\(hex) at offset \(offset)")
            }
        }
    }
}
