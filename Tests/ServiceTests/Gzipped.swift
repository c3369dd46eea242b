import CZlib

/// gzip as the tests need it: whole, in members, cut, and out of proportion.
enum Gzipped {
    static func member(_ bytes: [UInt8], level: Int32 = 6) -> [UInt8] {
        run(bytes, flush: Z_FINISH, windowBits: 15 + 16, level: level)
    }

    /// One gzip member of `mebibytes` MiB of zeros, made by repeating the block of one.
    static func bomb(mebibytes: Int) -> [UInt8] {
        let head: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
        let block = run([UInt8](repeating: 0, count: 1 << 20), flush: Z_FULL_FLUSH, windowBits: -15, level: 9)
        var bytes = head
        bytes.reserveCapacity(head.count + mebibytes * block.count)
        for _ in 0..<mebibytes { bytes += block }
        return bytes
    }

    static func opened(_ bytes: [UInt8], byteCountMax: Int) -> [UInt8] {
        var stream = z_stream()
        inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        defer { inflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: byteCountMax)
        let left = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                _ = inflate(&stream, Z_FINISH)
                return Int(stream.avail_out)
            }
        }
        return Array(output.prefix(byteCountMax - left))
    }

    private static func run(_ bytes: [UInt8], flush: Int32, windowBits: Int32, level: Int32) -> [UInt8] {
        var stream = z_stream()
        deflateInit2_(
            &stream, level, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
            Int32(MemoryLayout<z_stream>.size)
        )
        defer { deflateEnd(&stream) }
        var input = bytes
        var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1_000)
        let left = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                _ = deflate(&stream, flush)
                return Int(stream.avail_out)
            }
        }
        return Array(output.dropLast(left))
    }
}
