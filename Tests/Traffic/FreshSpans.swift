/// Makes the spans of request bodies new, so that none repeats, neither within a run nor across runs.
///
/// One of it belongs to one connection. Ids are a mixed counter: the mixing is a bijection, so that two
/// counters never give one id, and connections count in ranges of their own.
package struct FreshSpans: Sendable {
    private let run: UInt64
    private var counter: UInt64

    /// - Parameters:
    ///   - connection: number of the connection, below 65,536.
    ///   - run: random, the same for all connections of a run; it sets this run's ids apart.
    package init(connection: Int, run: UInt64) {
        self.run = run
        counter = UInt64(connection) << 48
    }

    /// Writes new ids and times into `body`, whose content is that of `template`.
    ///
    /// - Parameter nanoseconds: when the request ended, since the epoch.
    package mutating func stamp(
        _ body: UnsafeMutableRawBufferPointer, as template: RequestTemplate, nanoseconds: UInt64
    ) {
        for span in template.spans {
            counter &+= 1
            let id = Self.mixed(counter ^ run)
            body.storeBytes(of: run, toByteOffset: span.traceID, as: UInt64.self)
            body.storeBytes(of: id, toByteOffset: span.traceID + 8, as: UInt64.self)
            body.storeBytes(of: id, toByteOffset: span.spanID, as: UInt64.self)
            // Up to 1 ms apart, as spans of one batch are.
            let end = nanoseconds &- (id & 0xF_FFFF)
            body.storeBytes(
                of: (end &- span.durationNanoseconds).littleEndian, toByteOffset: span.start, as: UInt64.self
            )
            body.storeBytes(of: end.littleEndian, toByteOffset: span.end, as: UInt64.self)
        }
    }

    /// The finalizer of SplitMix64, a bijection (Steele, Lea, Flood 2014).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
