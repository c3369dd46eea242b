import NIOCore
import NIOHTTP1

/// How a scrape begins, and whether it was received.
extension ScrapeHandler: ScrapeTarget, ReceiptProbe {
    /// Asks the source, once it is known what all scrapers have received.
    func beginScrape(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
        phase = .waiting(head)
        setDeadline(limits.scrapeStallDeadline)
        let number = requestCount
        guard let looked = service.scrapers.look(on: context.eventLoop) else { return askSource(number) }
        looked.assumeIsolated().whenComplete { _ in self.askSource(number) }
    }

    private func askSource(_ number: Int) {
        guard let context, case .waiting(let head) = phase, number == requestCount else { return }
        let format = ScrapeFormat.negotiated(accept: head.headers["accept"]).format
        let ready = PendingScrape(to: self, number: number, on: context.eventLoop)
        if let start = service.source.begin(format, ready: ready) { resume(number, .success(start)) }
    }

    func resume(_ number: Int, _ start: Result<ScrapeStart, ScrapeRefusal>) {
        guard let context, case .waiting(let head) = phase, number == requestCount else { return }
        if isDraining { isKeepAlive = false }
        switch start {
        case .success(let start):
            let scraper = scraper(head, context: context)
            let id = service.scrapers.began(scraper, at: began, mark: start.mark)
            settle(receipt.begin(id))
            answer(head, with: start.cursor, context: context)
        case .failure(let refusal):
            refuse(head, refusal, context: context)
        }
    }

    /// Answers a scrape that cannot begin.
    func refuse(_ head: HTTPRequestHead, _ refusal: ScrapeRefusal, context: ChannelHandlerContext) {
        write(
            .serviceUnavailable, type: ScrapeRoute.textType, text: "\(refusal)\n", version: head.version,
            isHead: false, context: context
        )
    }

    private func scraper(_ head: HTTPRequestHead, context: ChannelHandlerContext) -> Scraper {
        let credentials = head.headers.first(name: "authorization").map(service.scrapers.fingerprint)
        return Scraper(host: context.remoteAddress?.ipAddress ?? "", credentials: credentials)
    }

    // MARK: Receipt

    /// Called when the answer of a scrape is written whole.
    func noteWritten(_ id: ScrapeID, context: ChannelHandlerContext) {
        guard receipt.written(id) else { return }
        service.scrapers.written(id, probe: self, on: context.eventLoop)
    }

    func lookForReceipt() {
        guard let context, receipt.isOpen else { return }
        guard let count = context.pipeline.syncOperations.unacknowledgedByteCount() else { return }
        settle(receipt.look(unacknowledged: count, isOutputClosed: isOutputClosed))
    }

    /// Passes on how a scrape ended.
    func settle(_ end: ScrapeReceipt.End?) {
        if let end { service.scrapers.ended(end) }
    }
}
