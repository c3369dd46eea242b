package import NIOCore

/// Every bound of the receivers and the scrape endpoint; the defaults are the product's.
package struct ServiceLimits: Sendable, Equatable {
    /// Bytes of one request body, as it arrives and after decompression. Over it: 413, `RESOURCE_EXHAUSTED`.
    package var bodyByteCountMax = 64 << 20

    /// Bytes of request bodies held over all connections. Over it: 429, `UNAVAILABLE`, to be sent again.
    package var bufferedByteCountMax = 256 << 20

    /// Large request bodies (see `Admission`) held over all connections. Over it: as above.
    package var largeRequestCountMax = 16 * System.coreCount

    /// Connections to the receivers. Over it: closed at once.
    package var connectionCountMax = 1_024

    /// Connections to the scrape endpoint, apart from the receivers' so that a flood there does not blind us.
    package var scrapeConnectionCountMax = 64

    /// Concurrent streams of one gRPC connection. Over it: the stream is refused.
    package var streamCountMax = 128

    /// Bytes of an HTTP/1 request head. Over it: 431 and the connection is closed.
    package var headByteCountMax = 32 << 10

    /// From a request's head to its last byte, and from a connection's start to its first head.
    /// Over it: 408, `DEADLINE_EXCEEDED`.
    package var requestDeadline: TimeAmount = .seconds(30)

    /// How long a connection without a request stays open.
    package var idleDeadline: TimeAmount = .seconds(120)

    /// How long a connection whose last answer is written waits for the peer to close it: closing at once
    /// would reset it and could lose the answer.
    package var lingerDeadline: TimeAmount = .seconds(2)

    /// How long a scraper may take to read one chunk of 64 KiB, and a scrape to begin. Over it: the connection is
    /// closed; 503.
    package var scrapeStallDeadline: TimeAmount = .seconds(30)

    /// What an overloaded receiver asks the sender to wait, in seconds.
    package var retryAfterSeconds = 1

    /// How long a request waits for a look into the repository of skills.
    package var lookDeadline: TimeAmount = .seconds(120)

    /// The product's defaults.
    package init() {}

    /// A body up to this size is small: it needs no place among the large ones, and its buffer is kept.
    /// 512 spans are about 200 kB, so ordinary exports are small.
    static let smallBodyByteCountMax = 1 << 20

    /// What is left of a refused request is read and dropped up to this size, so that the connection lives on.
    static let skippedByteCountMax = 1 << 20

    /// What may follow a request that ends HTTP on its connection, before the connection is cut.
    static let unreadByteCountMax = 1 << 20
}
