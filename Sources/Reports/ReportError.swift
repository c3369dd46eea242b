/// Why a report is refused.
package struct ReportError: Error, Equatable, CustomStringConvertible {
    /// From 1; 0 where it is the whole file.
    package let line: Int
    package let reason: String

    package init(line: Int = 0, _ reason: String) {
        self.line = line
        self.reason = reason
    }

    package var description: String { line == 0 ? reason : "line \(line): \(reason)" }
}

/// What a report may have at most.
package struct ReportLimits: Sendable {
    package var byteCount = 256 << 20
    /// A document of JSON, which is in memory as a whole.
    package var documentByteCount = 64 << 20
    /// Or events.
    package var caseCount = 1_000_000
    /// Elements within each other.
    package var depth = 64
    /// One attribute, one text, one line of JSON.
    package var textByteCount = 1 << 20

    package init() {}
}
