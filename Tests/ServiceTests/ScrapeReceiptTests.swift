import NIOCore
import Testing

@testable import Service

@Suite struct ScrapeReceiptTests {
    private static let ids: [ScrapeID] = {
        var book = ScraperBook()
        return (0..<2).map { _ in book.began(Scraper(host: "a"), at: .uptimeNanoseconds(1), mark: 0) }
    }()

    private static func written() -> ScrapeReceipt {
        var receipt = ScrapeReceipt()
        _ = receipt.begin(ids[0])
        _ = receipt.written(ids[0])
        return receipt
    }

    @Test(arguments: [
        (0, false, true), (1, false, false), (2, false, false), (0, true, true), (1, true, true),
        (2, true, false),
    ])
    func `a scrape is received when nothing but our end is unacknowledged`(
        byteCount: Int, isOutputClosed: Bool, isReceived: Bool
    ) {
        var receipt = Self.written()
        let first = receipt.look(unacknowledged: byteCount, isOutputClosed: isOutputClosed)
        #expect(first == (isReceived ? .received(Self.ids[0]) : nil))
        #expect(receipt.isOpen == !isReceived)
        let second = receipt.look(unacknowledged: 0, isOutputClosed: false)
        #expect(second == (isReceived ? nil : .received(Self.ids[0])))
    }

    @Test func `a scrape that is not written whole is not received`() {
        var receipt = ScrapeReceipt()
        let replaced = receipt.begin(Self.ids[0])
        let looked = receipt.look(unacknowledged: 0, isOutputClosed: false)
        let closed = receipt.close(inOrder: true)
        #expect([replaced, looked, closed] == [nil, nil, .failed(Self.ids[0])])
    }

    @Test(arguments: [true, false])
    func `the end of a connection settles its scrape, once`(inOrder: Bool) {
        var receipt = Self.written()
        let ends = [receipt.close(inOrder: inOrder), receipt.close(inOrder: inOrder)]
        #expect(ends == [inOrder ? .received(Self.ids[0]) : .failed(Self.ids[0]), nil])
    }

    @Test func `the next scrape takes the place of one that is not settled`() {
        var receipt = Self.written()
        let replaced = receipt.begin(Self.ids[1])
        #expect(replaced == .failed(Self.ids[0]))
        // The end of the first one's answer, told late.
        let isWritten = [receipt.written(Self.ids[0]), receipt.isOpen, receipt.written(Self.ids[1])]
        #expect(isWritten == [false, false, true])
        let looked = receipt.look(unacknowledged: 0, isOutputClosed: false)
        #expect(looked == .received(Self.ids[1]))
    }
}
