/// A 128-bit keyed hash that stands for a span, or for a whole request.
///
/// The one exception to comparing identities in full: the key of the hash is secret and lives in the data
/// directory, so that nobody can prepare two spans with one key, and by chance two of two million meet with
/// a probability of about 10⁻²⁶.
public struct SpanKey: BitwiseCopyable, Equatable, Sendable {
    /// The lower half.
    public let low: UInt64
    /// The upper half.
    public let high: UInt64

    /// How many bytes a key takes where it is stored: both halves, the lowest byte first.
    public static let byteCount = 16

    /// A key of two halves.
    public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }
}
