import NIOHTTP2

/// Knows whether GOAWAY went out. NIOHTTP2 sends it when the connection is in error and not when a stream is,
/// and reports both errors alike.
///
/// Used on the connection's event loop only.
final class GoAwayWatch: NIOHTTP2FrameDelegate {
    private(set) var isSent = false

    /// Called by NIOHTTP2 for every frame.
    func wroteFrame(_ frame: HTTP2Frame) {
        if case .goAway = frame.payload { isSent = true }
    }
}
