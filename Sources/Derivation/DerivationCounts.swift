import OTLP

/// What a request held, over all its slices.
package struct DerivationCounts: Sendable, Equatable {
    /// All spans, malformed ones too.
    package var spans = 0
    /// Spans that no meter wanted.
    package var unmatched = 0
    /// Spans that were left out because they are known.
    package internal(set) var repeated = 0
    /// The latest end of any well-formed span, in nanoseconds since 1970; 0 where none has an end.
    package internal(set) var newestEnd: UInt64 = 0
    /// Malformed spans by `SpanDefect.allCases`.
    package private(set) var defects = [Int](repeating: 0, count: SpanDefect.allCases.count)

    /// All malformed spans.
    package var malformed: Int { defects.reduce(0, +) }

    /// Starts anew, keeping memory.
    mutating func reset() {
        spans = 0
        unmatched = 0
        repeated = 0
        newestEnd = 0
        for index in defects.indices { defects[index] = 0 }
    }

    mutating func add(_ defect: SpanDefect) {
        defects[SpanDefect.allCases.firstIndex(of: defect) ?? 0] += 1
    }
}
