internal import CXXHash

/// The checksum beside every blob of ours: SQLite finds damage in its own structures only.
///
/// It is part of the file format: a test pins its values.
enum RowChecksum {
    // Any fixed number; what the bytes mean depends on the row's key, which goes in as well.
    private static let seed: UInt64 = 0x5350_414E_4D45_5445

    /// The checksum of `bytes` in the row `key`.
    static func of(_ bytes: RawSpan, key: Int64) -> Int64 {
        let hash = bytes.withUnsafeBytes {
            spanmeter_hash64($0.baseAddress, $0.count, seed ^ UInt64(bitPattern: key))
        }
        return Int64(bitPattern: hash)
    }
}
