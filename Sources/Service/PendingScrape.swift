package import NIOCore

/// A connection that waits for a scrape to begin; used on its event loop.
protocol ScrapeTarget: AnyObject {
    /// Takes the scrape of the request `number`, or why there is none; dropped when it is no longer waited for.
    func resume(_ number: Int, _ start: Result<ScrapeStart, ScrapeRefusal>)
}

/// Why a scrape cannot be answered; `description` is what the scraper is told.
package struct ScrapeRefusal: Error, Sendable, CustomStringConvertible {
    package let description: String

    /// - Parameter description: lower case, no full stop.
    package init(_ description: String) {
        self.description = description
    }
}

/// Where one scrape goes that cannot begin at once, because it has to wait for a commit.
///
/// It keeps its connection's handler alive, not the connection: when the scraper is gone meanwhile, what comes is
/// dropped.
package struct PendingScrape: Sendable {
    private let target: NIOLoopBound<any ScrapeTarget>
    private let number: Int

    /// Called on `eventLoop`, the target's.
    init(to target: any ScrapeTarget, number: Int, on eventLoop: any EventLoop) {
        self.target = NIOLoopBound(target, eventLoop: eventLoop)
        self.number = number
    }

    /// The loop of the scraper's connection; everything below is called on it.
    package var eventLoop: any EventLoop { target.eventLoop }

    /// Lets the scrape go on. Called once, on `eventLoop`, after `begin` has returned.
    package func complete(_ start: ScrapeStart) {
        target.value.resume(number, .success(start))
    }

    /// Answers the scrape with 503 instead. Called once, on `eventLoop`, after `begin` has returned.
    package func refuse(_ refusal: ScrapeRefusal) {
        target.value.resume(number, .failure(refusal))
    }
}
