package import NIOCore
import Synchronization

/// A connection that can look whether its last scrape was received; used on its event loop.
protocol ReceiptProbe: AnyObject {
    /// Looks, and tells `Scrapers` when it was.
    func lookForReceipt()
}

/// The scrapers of the process, told by the connections of the scrape endpoint and asked by whoever shows or
/// holds back something until it is received.
///
/// An acknowledgement is no event: somebody has to look. Every connection looks at its own scrape when its peer
/// does something, and all look before a scrape begins and while the shutdown waits.
package final class Scrapers: Sendable {
    private struct State {
        var book = ScraperBook()
        /// The connections of scrapes that are written and not settled.
        var probes: [ScrapeID: NIOLoopBound<any ReceiptProbe>] = [:]
    }

    private let state = Mutex(State())

    /// Knows nobody.
    package init() {}

    /// What the book says now.
    package var book: ScraperBook { state.withLock { $0.book } }

    /// The smallest mark that every known scraper has completely received: see `ScraperBook`. Up to date in
    /// `ScrapeSource.begin`.
    package func receivedByAll(at now: NIODeadline = .now()) -> UInt64? {
        state.withLock { $0.book.receivedByAll(at: now) }
    }

    /// Notes the start of a scrape.
    func began(_ scraper: Scraper, at now: NIODeadline, mark: UInt64) -> ScrapeID {
        state.withLock { $0.book.began(scraper, at: now, mark: mark) }
    }

    /// Notes that a scrape is written. `probe` is asked until `ended` is called. Called on `eventLoop`, the probe's.
    func written(_ id: ScrapeID, probe: any ReceiptProbe, on eventLoop: any EventLoop) {
        let probe = NIOLoopBound(probe, eventLoop: eventLoop)
        state.withLock { $0.probes[id] = probe }
    }

    /// Notes how a scrape ended.
    func ended(_ end: ScrapeReceipt.End) {
        state.withLock { state in
            switch end {
            case .received(let id):
                state.book.received(id)
                state.probes[id] = nil
            case .failed(let id):
                state.book.failed(id)
                state.probes[id] = nil
            }
        }
    }

    /// Lets every connection look.
    ///
    /// - Returns: nil when there is nothing to look at.
    func look(on eventLoop: any EventLoop) -> EventLoopFuture<Void>? {
        let probes = state.withLock { Array($0.probes.values) }
        guard !probes.isEmpty else { return nil }
        let looks = probes.map { probe in probe.eventLoop.submit { probe.value.lookForReceipt() } }
        return EventLoopFuture.andAllComplete(looks, on: eventLoop)
    }
}
