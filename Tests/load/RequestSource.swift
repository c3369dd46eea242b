import CZlib
import NIOCore
import Traffic

/// Fills request bodies for one connection from templates in turn, in which no span repeats.
struct RequestSource {
    private let templates: [RequestTemplate]
    private let isGzipped: Bool
    private var next: Int
    private var fresh: FreshSpans

    /// - Parameters:
    ///   - connection: number of the connection, below 65,536.
    ///   - run: random, the same for all connections of a run; it sets this run's ids apart.
    init(templates: [RequestTemplate], connection: Int, run: UInt64, isGzipped: Bool) {
        self.templates = templates
        self.isGzipped = isGzipped
        next = connection % templates.count
        fresh = FreshSpans(connection: connection, run: run)
    }

    /// Replaces the content of `body` by a fresh request that ended at `nanoseconds` since the epoch.
    mutating func fill(_ body: inout ByteBuffer, nanoseconds: UInt64) throws {
        let template = templates[next]
        next = next + 1 == templates.count ? 0 : next + 1
        body.clear()
        body.writeBytes(template.bytes)
        body.withUnsafeMutableReadableBytes { bytes in
            fresh.stamp(bytes, as: template, nanoseconds: nanoseconds)
        }
        if isGzipped {
            body = try gzipped(body)
        }
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
