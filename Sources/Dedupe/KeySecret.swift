import CXXHash
package import MetricModel

/// The key of the hash that makes span keys.
package struct KeySecret: Sendable {
    private let bytes: [UInt8]

    /// How many random bytes it is made of.
    package static let byteCount = Int(SPANMETER_SECRET_SIZE)

    /// - Parameter bytes: `byteCount` random bytes, the same for the life of a data directory; nil for any
    ///   other number of them.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.bytes = bytes
    }

    /// A new secret.
    package init(using random: inout some RandomNumberGenerator) {
        bytes = (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &random) }
    }

    /// What is stored.
    package var storedBytes: [UInt8] { bytes }

    /// The key of a span.
    ///
    /// HOT: per span (benchmark `know`).
    package func key(of identity: SpanIdentity) -> SpanKey {
        withUnsafeBytes(of: identity) { key(of: $0) }
    }

    /// The key of a whole request body.
    package func key(of body: RawSpan) -> SpanKey {
        body.withUnsafeBytes { key(of: $0) }
    }

    private func key(of source: UnsafeRawBufferPointer) -> SpanKey {
        let hash = bytes.withUnsafeBytes {
            spanmeter_hash128(source.baseAddress, source.count, $0.baseAddress)
        }
        return SpanKey(low: hash.low, high: hash.high)
    }
}
