import CZlib
import NIOCore

/// Decompresses gzip bodies; one per event loop, used again for each.
final class Gunzip {
    /// Why a body could not be decompressed.
    enum Failure: Error {
        /// The bytes are not gzip, are damaged, or end early.
        case corrupt(String)
        /// The decompressed bytes are more than the bound.
        case tooLarge
        /// The admission has no room for the decompressed bytes.
        case refused
    }

    /// Decompressed between two looks at the admission.
    private static let stepByteCountMax = 256 << 10

    // SAFETY: zlib's state points back at its z_stream, which therefore has one address for life; allocated
    // here, freed in deinit, never handed out.
    private let stream: UnsafeMutablePointer<z_stream>
    private var isReady = false

    /// Allocates zlib's state at the first use, not before.
    init() {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
    }

    deinit {
        if isReady { inflateEnd(stream) }
        stream.deallocate()
    }

    /// Appends the decompressed `input`, one gzip member or several, to `output`.
    ///
    /// - Parameters:
    ///   - byteCountMax: the bound on what is appended; `output` never holds more.
    ///   - charge: is charged for what is appended.
    /// - Throws: `Failure`; what was appended by then is of no use.
    func inflate(
        _ input: ByteBuffer,
        into output: inout ByteBuffer,
        byteCountMax: Int,
        charge: inout RequestCharge
    ) throws(Failure) {
        try prepare()
        var failure: Failure?
        input.withUnsafeReadableBytes { bytes in
            // SAFETY: zlib only reads through next_in, and only during this closure.
            stream.pointee.next_in = UnsafeMutableRawPointer(mutating: bytes.baseAddress)?
                .assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_in = UInt32(clamping: bytes.count)
            failure = run(into: &output, byteCountMax: byteCountMax, charge: &charge)
            stream.pointee.next_in = nil
            stream.pointee.next_out = nil
        }
        if let failure { throw failure }
    }

    private func prepare() throws(Failure) {
        let code =
            isReady
            ? inflateReset(stream)
            // 15 + 16: the largest window, a gzip head and trailer and nothing else.
            : inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        guard code == Z_OK else { throw .refused }
        isReady = true
    }

    private func run(
        into output: inout ByteBuffer,
        byteCountMax: Int,
        charge: inout RequestCharge
    ) -> Failure? {
        while true {
            let room = byteCountMax - output.readableBytes
            let (code, written) = room > 0 ? step(into: &output, room: room) : probe()
            if room == 0, written > 0 { return .tooLarge }
            if written > 0, !charge.add(written) { return .refused }
            switch code {
            case Z_OK:
                if stream.pointee.avail_in == 0, stream.pointee.avail_out > 0 {
                    return .corrupt("gzip body ends early")
                }
            case Z_STREAM_END:
                if stream.pointee.avail_in == 0 { return nil }
                guard inflateReset(stream) == Z_OK else { return .refused }
            case Z_BUF_ERROR:
                return .corrupt("gzip body ends early")
            default:
                guard let reason = stream.pointee.msg else { return .corrupt("gzip body is damaged") }
                return .corrupt("gzip body is damaged: \(String(cString: reason))")
            }
        }
    }

    private func step(into output: inout ByteBuffer, room: Int) -> (code: Int32, written: Int) {
        var code = Z_OK
        let written = output.writeWithUnsafeMutableBytes(
            minimumWritableBytes: min(room, 64 << 10)
        ) { space in
            let count = min(space.count, room, Self.stepByteCountMax)
            stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
            stream.pointee.avail_out = UInt32(count)
            code = CZlib.inflate(stream, Z_NO_FLUSH)
            return count - Int(stream.pointee.avail_out)
        }
        return (code, written)
    }

    /// At the bound: the stream may still end, but not give another byte.
    private func probe() -> (code: Int32, written: Int) {
        var byte: UInt8 = 0
        return withUnsafeMutablePointer(to: &byte) { byte in
            stream.pointee.next_out = byte
            stream.pointee.avail_out = 1
            let code = CZlib.inflate(stream, Z_NO_FLUSH)
            return (code, 1 - Int(stream.pointee.avail_out))
        }
    }
}
