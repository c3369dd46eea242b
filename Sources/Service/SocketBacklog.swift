import Glibc
import NIOCore

extension ChannelPipeline.SynchronousOperations {
    /// Bytes written to a TCP socket that the peer's TCP has not acknowledged; the end of our half counts as one.
    /// Nil when that cannot be known: the socket is closed, or is none.
    ///
    /// Source: tcp(7), SIOCOUTQ, whose number is that of TIOCOUTQ.
    func unacknowledgedByteCount() -> Int? {
        var byteCount: CInt = 0
        // SAFETY: the descriptor is used during the call only, and only asked.
        let result = try? withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) { descriptor in
            ioctl(descriptor, UInt(TIOCOUTQ), &byteCount)
        }
        return result == 0 ? Int(byteCount) : nil
    }
}
