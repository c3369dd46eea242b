internal import CSnappy

/// Snappy's block format, without the framing of its streams.
enum Snappy {
    /// The bytes as one block.
    static func compressed(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: snappy_max_compressed_length(bytes.count)) { buffer, count in
            var length = buffer.count
            bytes.withUnsafeBytes { source in
                // It fails only where the room is less than the length it was asked for.
                let status = snappy_compress(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self), source.count,
                    UnsafeMutableRawPointer(buffer.baseAddress)?.assumingMemoryBound(to: CChar.self), &length)
                precondition(status == SNAPPY_OK, "room was made for any content")
            }
            count = length
        }
    }
}
