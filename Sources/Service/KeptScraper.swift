import Bytes

/// A scraper as the store keeps it.
struct KeptScraper: Sendable, Equatable {
    let scraper: Scraper
    /// When its last scrape began, in milliseconds since 1970.
    let seen: Int64

    /// The scrapers as bytes: a count, then host, credentials (0 for none, else one more), and time of each.
    static func encode(_ scrapers: [KeptScraper]) -> [UInt8] {
        var writer = ByteWriter()
        writer.varint(scrapers.count)
        for kept in scrapers {
            writer.text(kept.scraper.host)
            writer.byte(kept.scraper.credentials == nil ? 0 : 1)
            writer.fixed64(kept.scraper.credentials ?? 0)
            writer.varint(UInt64(bitPattern: kept.seen))
        }
        return writer.bytes
    }

    /// Reads what `encode` made; nothing of anything else.
    static func decode(_ bytes: RawSpan) -> [KeptScraper] {
        var reader = ByteReader(bytes)
        do throws(ByteReaderError) {
            var scrapers: [KeptScraper] = []
            for _ in 0..<(try reader.number(below: ScraperBook.scraperCountMax + 1, bytes)) {
                let host = try reader.text(bytes)
                let hasCredentials = try reader.byte(bytes) == 1
                let credentials = try reader.fixed64(bytes)
                let seen = Int64(truncatingIfNeeded: try reader.varint(bytes))
                scrapers.append(
                    KeptScraper(
                        scraper: Scraper(
                            host: bytes.extracting(host).withUnsafeBytes {
                                String(decoding: $0, as: UTF8.self)
                            },
                            credentials: hasCredentials ? credentials : nil),
                        seen: seen))
            }
            return scrapers
        } catch {
            return []
        }
    }
}
