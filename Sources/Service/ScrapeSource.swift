package import Exposition
package import NIOCore

/// Renders what `/metrics` shows, in chunks.
package protocol ScrapeSource: Sendable {
    /// Begins one scrape in this format; cheap, called on an event loop.
    func begin(_ format: ExpositionFormat) -> any ScrapeCursor
}

/// One scrape in progress; used on one event loop.
package protocol ScrapeCursor: AnyObject {
    /// Appends the next chunk to `buffer`, about 64 KiB; sometimes nothing, where more has to be known first.
    ///
    /// - Returns: false when nothing is left; the last chunk may come with it.
    func next(into buffer: inout ByteBuffer) -> Bool
}
