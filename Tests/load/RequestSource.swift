import CZlib
import NIOCore

/// Makes request bodies in which no span repeats, neither within a run nor across runs.
///
/// One source belongs to one connection. Ids are a mixed counter: the mixing is a bijection, so that two
/// counters never give one id, and connections count in ranges of their own.
struct RequestSource {
    private let templates: [RequestTemplate]
    private let isGzipped: Bool
    private var next: Int
    private var counter: UInt64
    private let run: UInt64

    /// - Parameters:
    ///   - connection: number of the connection, below 65,536.
    ///   - run: random, the same for all connections of a run; it sets this run's ids apart.
    init(templates: [RequestTemplate], connection: Int, run: UInt64, isGzipped: Bool) {
        self.templates = templates
        self.isGzipped = isGzipped
        self.run = run
        next = connection % templates.count
        counter = UInt64(connection) << 48
    }

    /// Replaces the content of `body` by a fresh request that ended at `nanoseconds` since the epoch.
    mutating func fill(_ body: inout ByteBuffer, nanoseconds: UInt64) throws {
        let template = templates[next]
        next = next + 1 == templates.count ? 0 : next + 1
        body.clear()
        body.writeBytes(template.bytes)
        body.withUnsafeMutableReadableBytes { bytes in
            for span in template.spans {
                counter &+= 1
                let id = Self.mixed(counter ^ run)
                bytes.storeBytes(of: run, toByteOffset: span.traceID, as: UInt64.self)
                bytes.storeBytes(of: id, toByteOffset: span.traceID + 8, as: UInt64.self)
                bytes.storeBytes(of: id, toByteOffset: span.spanID, as: UInt64.self)
                // Up to 1 ms apart, as spans of one batch are.
                let end = nanoseconds &- (id & 0xF_FFFF)
                bytes.storeBytes(
                    of: (end &- span.durationNanoseconds).littleEndian,
                    toByteOffset: span.start,
                    as: UInt64.self
                )
                bytes.storeBytes(of: end.littleEndian, toByteOffset: span.end, as: UInt64.self)
            }
        }
        if isGzipped {
            body = try gzipped(body)
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

/// What zlib said when it would not compress.
struct GzipError: Error, CustomStringConvertible {
    let code: Int32
    var description: String { "zlib refused to compress a request body (code \(code))" }
}

/// Compresses at level 1, as a client that must not cost its host much.
func gzipped(_ plain: ByteBuffer) throws -> ByteBuffer {
    var stream = z_stream()
    // 15 window bits plus 16 asks for a gzip head and tail; 8 is zlib's default memory level.
    let started = deflateInit2_(
        &stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
        Int32(MemoryLayout<z_stream>.size)
    )
    guard started == Z_OK else { throw GzipError(code: started) }
    defer { deflateEnd(&stream) }
    var input = plain
    var output = ByteBuffer()
    let bound = Int(deflateBound(&stream, UInt(plain.readableBytes)))
    let code = output.writeWithUnsafeMutableBytes(minimumWritableBytes: bound) { target in
        input.withUnsafeMutableReadableBytes { source in
            stream.next_in = source.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_in = UInt32(source.count)
            stream.next_out = target.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(target.count)
            return deflate(&stream, Z_FINISH) == Z_STREAM_END ? Int(stream.total_out) : 0
        }
    }
    guard code > 0 else { throw GzipError(code: Z_BUF_ERROR) }
    return output
}
