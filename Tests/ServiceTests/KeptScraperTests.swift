import Testing

@testable import Service

@Suite struct `Scrapers in the store` {
    @Test func `are read as they were written`() {
        let kept = [
            KeptScraper(scraper: Scraper(host: "10.0.0.1"), seen: 1_700_000_000_000),
            KeptScraper(scraper: Scraper(host: "::1", credentials: 0), seen: 0),
            KeptScraper(scraper: Scraper(host: "10.0.0.1", credentials: .max), seen: 5),
        ]
        #expect(KeptScraper.decode(KeptScraper.encode(kept).span.bytes) == kept)
    }

    @Test func `are nobody where the bytes are something else`() {
        let bytes = KeptScraper.encode([KeptScraper(scraper: Scraper(host: "h"), seen: 1)])
        for end in 0..<bytes.count { #expect(KeptScraper.decode(Array(bytes[..<end]).span.bytes) == []) }
    }
}
