/// What one request or event adds to the series, as the journal keeps it.
///
/// ```
/// record   = version arrival count announcement* count drop* count release* row*
/// announcement = table series role (length bytes)*      one text for each label of the table
/// drop     = table series
/// release  = table series instruments
/// row      = table series instruments (amount (gap count)* 0?)*
/// ```
/// All numbers are varints but version and role (one byte); `arrival` is milliseconds since 1970;
/// `instruments` has bit n for instrument n. A row has an amount for each of its instruments that
/// accumulates, and behind a histogram's sum its counted buckets: the gap to the bucket before, 1 for the
/// next one, then the count.
///
/// Applying a record asks no clock, and the same records in the same order make the same series.
enum RecordFormat {
    /// The first byte of each record.
    static let version: UInt8 = 1
    /// Series numbers in a record stay below this; far more than `limits.series` allows.
    static let seriesNumberMax = 1 << 26
}

/// Why a record or an image could not be read.
package struct RecordError: Error, Equatable, CustomStringConvertible {
    /// What was being read, and where in it reading stopped.
    package let description: String
}
