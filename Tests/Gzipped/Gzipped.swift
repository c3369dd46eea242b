import CZlib

/// gzip as the tests need it: whole, in members, cut, and out of proportion.
package enum Gzipped {
    /// The bytes as one gzip member.
    package static func member(_ bytes: [UInt8]) -> [UInt8] {
        deflated(bytes, flush: Z_FINISH, windowBits: 15 + 16, level: 6)
    }

    /// One gzip member of `mebibytes` MiB of zeros, made by repeating the block of one.
    package static func bomb(mebibytes: Int) -> [UInt8] {
        let head: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        let zeros = [UInt8](repeating: 0, count: 1 << 20)
        let block = deflated(zeros, flush: Z_FULL_FLUSH, windowBits: -15, level: 9)
        var bytes = head
        bytes.reserveCapacity(head.count + mebibytes * block.count)
        for _ in 0..<mebibytes { bytes += block }
        return bytes
    }

    /// What one gzip member holds; nil when it is not whole, or holds more than `byteCountMax`.
    package static func opened(_ bytes: [UInt8], byteCountMax: Int) -> [UInt8]? {
        var stream = z_stream()
        inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        let (output, status) = run(&stream, bytes, byteCountMax: byteCountMax) { inflate(&$0, Z_FINISH) }
        return status == Z_STREAM_END ? output : nil
    }

    private static func deflated(_ bytes: [UInt8], flush: Int32, windowBits: Int32, level: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        defer { deflateEnd(&stream) }
        let byteCountMax = bytes.count + bytes.count / 100 + 1_000
        return run(&stream, bytes, byteCountMax: byteCountMax) { deflate(&$0, flush) }.output
    }

    /// Gives zlib all of `input` in one step.
    private static func run(
        _ stream: inout z_stream, _ input: [UInt8], byteCountMax: Int, _ step: (inout z_stream) -> Int32
    ) -> (output: [UInt8], status: Int32) {
        var input = input
        var output = [UInt8](repeating: 0, count: byteCountMax)
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                return step(&stream)
            }
        }
        output.removeLast(Int(stream.avail_out))
        return (output, status)
    }
}
