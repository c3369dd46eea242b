private import Foundation

/// How undecided a test is between pass and failure.
///
/// Source: Kowalczyk et al., "Modeling and ranking flaky tests at Apple", ICSE-SEIP 2020.
package enum Entropy {
    /// −p log₂p − (1−p) log₂(1−p) bits for `count` failures of `total` results; 0 at p ∈ {0, 1}.
    package static func of(_ count: Int, of total: Int) -> Double {
        guard count > 0, count < total else { return 0 }
        let p = Double(count) / Double(total)
        return -p * log2(p) - (1 - p) * log2(1 - p)
    }
}
