import NIOCore

/// What the connections of one event loop share: buffers for bodies and the decompressor.
///
/// Owned by its loop and used only on it. A buffer is kept for the next request while it is small, so that
/// the steady state allocates none; a larger one goes back to the system with its request.
final class LoopResources {
    /// As many as there can be bodies in parts at a time on a loop under ordinary load.
    private static let keptBufferCountMax = 8

    /// The least a buffer begins with.
    private static let bufferByteCountMin = 4 << 10

    /// The loop's decompressor.
    let gunzip = Gunzip()
    private var kept: [ByteBuffer] = []

    /// Holds no buffers yet.
    init() {
        kept.reserveCapacity(Self.keptBufferCountMax)
    }

    /// An empty buffer with room for `byteCount`.
    func takeBuffer(byteCount: Int) -> ByteBuffer {
        var buffer = kept.popLast() ?? ByteBuffer()
        buffer.reserveCapacity(max(byteCount, Self.bufferByteCountMin))
        return buffer
    }

    /// Takes back a buffer of `takeBuffer`.
    func giveBack(_ buffer: ByteBuffer) {
        guard buffer.capacity <= ServiceLimits.smallBodyByteCountMax, kept.count < Self.keptBufferCountMax
        else { return }
        kept.append(buffer)
        kept[kept.count - 1].clear()
    }
}
