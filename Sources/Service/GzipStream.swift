import CZlib
import NIOCore

/// Compresses the chunks of one answer into one gzip stream, at level 1: a scrape repeats itself so much that
/// higher levels gain little and cost much.
final class GzipStream {
    // SAFETY: as in `Gunzip`: one address for life, freed in deinit, never handed out.
    private let stream: UnsafeMutablePointer<z_stream>

    /// nil when zlib has no memory for it.
    init?() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        let code = deflateInit2_(
            stream, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        guard code == Z_OK else {
            stream.deallocate()
            return nil
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Appends what comes out for `input` to `output`; with `isLast` the end of the stream as well.
    func deflate(_ input: ByteBuffer, isLast: Bool, into output: inout ByteBuffer) {
        input.withUnsafeReadableBytes { bytes in
            // SAFETY: zlib only reads through next_in, and only during this closure.
            stream.pointee.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
                .assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            repeat {
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: 32 << 10) { space in
                    stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
                    stream.pointee.avail_out = UInt32(space.count)
                    _ = CZlib.deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    return space.count - Int(stream.pointee.avail_out)
                }
            } while stream.pointee.avail_out == 0
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
    }
}
