import Bytes
import MetricModel

/// What the journal keeps of an entry: what it adds to the series, what it says to folds, what was decided.
///
/// ```
/// envelope = registry record                                      where the others are empty
///          | version arrival length record length folds length outcomes
/// ```
/// A registry's record begins with another number; all numbers are varints but the version, one byte; `arrival` is
/// milliseconds since 1970.
struct Envelope: Sendable, Equatable {
    /// Milliseconds since 1970.
    var arrival: Int64
    /// For the registry; may be empty.
    var record: [UInt8]
    /// For folds; may be empty.
    var folds: [UInt8]
    /// An `OutcomeSection`; may be empty.
    var outcomes: [UInt8]

    private static let version: UInt8 = 2

    /// The bytes of an envelope; empty where everything in it is.
    static func encode(
        arrival: Int64, record: [UInt8], folds: [UInt8], outcomes: [UInt8]
    ) -> [UInt8] {
        if folds.isEmpty, outcomes.isEmpty { return record }
        var writer = ByteWriter(capacity: record.count + folds.count + outcomes.count + 32)
        writer.byte(version)
        writer.varint(UInt64(bitPattern: arrival))
        for part in [record, folds, outcomes] { writer.text(part.span.bytes, at: 0, count: part.count) }
        return writer.bytes
    }

    /// What `encode` was given; a registry's record alone has no arrival.
    ///
    /// - Throws: `SectionError` for bytes that begin as an envelope and are none.
    static func split(_ bytes: RawSpan) throws(SectionError) -> Envelope {
        var reader = ByteReader(bytes)
        guard bytes.byteCount > 0, bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == version else {
            let record = bytes.withUnsafeBytes { [UInt8]($0) }
            return Envelope(arrival: 0, record: record, folds: [], outcomes: [])
        }
        do throws(ByteReaderError) {
            _ = try reader.byte(bytes)
            let arrival = Int64(bitPattern: try reader.varint(bytes))
            var parts: [[UInt8]] = []
            for _ in 0..<3 {
                let range = try reader.text(bytes)
                parts.append(bytes.extracting(range).withUnsafeBytes { [UInt8]($0) })
            }
            guard reader.isAtEnd else { throw reader.failure }
            return Envelope(arrival: arrival, record: parts[0], folds: parts[1], outcomes: parts[2])
        } catch {
            throw SectionError("an entry of the journal", error)
        }
    }
}
