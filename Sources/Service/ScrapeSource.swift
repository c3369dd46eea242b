package import Exposition
package import NIOCore

/// Renders what `/metrics` shows, in chunks.
package protocol ScrapeSource: Sendable {
    /// Begins one scrape in this format; called on an event loop, so it must not wait.
    ///
    /// - Parameter ready: gets the scrape when nil is returned; useless otherwise.
    /// - Returns: the scrape where it can go on at once; nil where `ready` gets it, or a refusal, later and once.
    func begin(_ format: ExpositionFormat, ready: PendingScrape) -> ScrapeStart?
}

/// A scrape that can be rendered.
package struct ScrapeStart {
    /// Renders it.
    package var cursor: any ScrapeCursor

    /// How far the source is: a number that grows, such as that of the newest series. `Scrapers.receivedByAll`
    /// tells which mark everybody has received.
    package var mark: UInt64

    /// As said above.
    package init(cursor: any ScrapeCursor, mark: UInt64) {
        self.cursor = cursor
        self.mark = mark
    }
}

/// One scrape in progress; used on one event loop.
package protocol ScrapeCursor: AnyObject {
    /// Appends the next chunk to `buffer`, about 64 KiB; sometimes nothing, where more has to be known first.
    ///
    /// - Returns: false when nothing is left; the last chunk may come with it.
    func next(into buffer: inout ByteBuffer) -> Bool
}
