/// Where samples are pushed to.
package struct RemoteWriteEndpoint: Sendable {
    /// `http` or `https`; a secret, as paths and queries of such addresses often are.
    package var url: String

    /// Sent with every request: tenants, credentials.
    package var headers: [HeaderField]

    /// The time for one request and its answer.
    package var timeout: Duration

    /// Describes a receiver.
    package init(url: String, headers: [HeaderField] = [], timeout: Duration = .seconds(5)) {
        self.url = url
        self.headers = headers
        self.timeout = timeout
    }
}

/// The clocks that a writer goes by, and how it waits.
package struct RemoteWriteClock: Sendable {
    /// A clock that never goes back.
    package var now: @Sendable () -> ContinuousClock.Instant

    /// Seconds since 1970.
    package var secondsSince1970: @Sendable () -> Int64

    /// Blocks the thread.
    package var sleep: @Sendable (Duration) -> Void

    /// Describes clocks.
    package init(
        now: @escaping @Sendable () -> ContinuousClock.Instant,
        secondsSince1970: @escaping @Sendable () -> Int64, sleep: @escaping @Sendable (Duration) -> Void
    ) {
        self.now = now
        self.secondsSince1970 = secondsSince1970
        self.sleep = sleep
    }
}

/// What became of a push.
package struct RemoteWriteReport: Sendable, Equatable {
    /// Samples that were to be sent.
    package var sampleCount = 0

    /// Samples that the receiver says it has written, or, in version 1, that it did not refuse.
    package var acknowledgedCount = 0

    /// Samples that the receiver will not have.
    package var refusedCount = 0

    /// Samples for which there was no answer, or no time.
    package var unsentCount: Int { sampleCount - acknowledgedCount - refusedCount }

    /// Requests, repetitions included.
    package var requestCount = 0

    /// The version that the receiver understands, as far as that was found out.
    package var version = RemoteWriteVersion.version2

    /// What went wrong last: one line, without a secret.
    package var problem: String?

    /// Whether every sample was taken.
    package var isComplete: Bool { acknowledgedCount == sampleCount }

    /// Nothing sent so far.
    package init() {}
}

/// Pushes samples by Prometheus' remote write: version 2.0, and 1.0 where the receiver does not know it.
///
/// A message is sent until the receiver has taken or refused it, or the deadline is over; a wait doubles from one try
/// to the next. Samples that arrive twice are the same sample, so a lost answer does no harm. Blocks its thread.
package struct RemoteWriter: ~Copyable {
    /// The first wait; Prometheus waits 30 ms.
    static let pauseMin = Duration.milliseconds(50)
    /// The longest, as Prometheus has it.
    static let pauseMax = Duration.seconds(5)

    private var client: HTTPClient
    private let endpoint: RemoteWriteEndpoint
    private let clock: RemoteWriteClock

    /// - Throws: `DeliveryError.broken` where libcurl cannot be set up.
    package init(
        _ endpoint: RemoteWriteEndpoint, userAgent: String, clock: RemoteWriteClock
    ) throws(DeliveryError) {
        client = try HTTPClient(userAgent: userAgent)
        self.endpoint = endpoint
        self.clock = clock
    }

    /// Sends message after message until there is none.
    ///
    /// - Parameters:
    ///   - deadline: what is not answered then counts as not sent.
    ///   - next: makes the next message; nil at the end. Called to the end even when nothing can be sent any more, so
    ///     that the report counts all.
    package mutating func push(
        deadline: ContinuousClock.Instant, _ next: () -> RemoteWriteMessage?
    ) -> RemoteWriteReport {
        var report = RemoteWriteReport()
        var isHopeless = false
        while let message = next() {
            report.sampleCount += message.sampleCount
            if !isHopeless { isHopeless = !send(message, deadline: deadline, &report) }
        }
        return report
    }

    /// Sends one message; false where it is useless to send another.
    private mutating func send(
        _ message: RemoteWriteMessage, deadline: ContinuousClock.Instant, _ report: inout RemoteWriteReport
    ) -> Bool {
        var pause = Self.pauseMin
        var version = report.version
        var body = message.body(version)
        while true {
            let rest = deadline - clock.now()
            guard rest > .zero else {
                report.problem = report.problem ?? "the deadline is over"
                return false
            }
            switch exchange(body, version, sampleCount: message.sampleCount, rest, &report) {
            case .acknowledged(let count, let problem):
                report.acknowledgedCount += count
                report.refusedCount += message.sampleCount - count
                report.problem = problem ?? report.problem
                return true
            case .fallBack:
                version = .version1
                report.version = version
                body = message.body(version)
            case .refused(let problem):
                report.refusedCount += message.sampleCount
                report.problem = problem
                return true
            case .hopeless(let problem):
                report.problem = problem
                return false
            case .retry(let wanted, let problem):
                report.problem = problem
                let wait = max(pause, wanted ?? .zero)
                guard clock.now() + wait < deadline else { return false }
                clock.sleep(wait)
                pause = min(pause * 2, Self.pauseMax)
            }
        }
    }

    /// One request and what its answer means.
    private mutating func exchange(
        _ body: [UInt8], _ version: RemoteWriteVersion, sampleCount: Int, _ rest: Duration,
        _ report: inout RemoteWriteReport
    ) -> RemoteWriteVerdict {
        let headers = [
            HeaderField("Content-Type", version.contentType), HeaderField("Content-Encoding", "snappy"),
            HeaderField("X-Prometheus-Remote-Write-Version", version.rawValue),
        ]
        let request = HTTPRequest(.post, endpoint.url, headers: headers + endpoint.headers, body: body)
        report.requestCount += 1
        do throws(DeliveryError) {
            client.limits.timeout = min(endpoint.timeout, rest)
            client.limits.connectTimeout = client.limits.timeout
            return RemoteWriteVerdict(
                try client.send(request), version: version, sampleCount: sampleCount,
                now: clock.secondsSince1970())
        } catch {
            switch error {
            // The error shows the address.
            case .badURL(_, let reason):
                return .hopeless(problem: "the address is no URL to send to (\(reason))")
            case .badHeader: return .hopeless(problem: error.description)
            case .unreachable, .timedOut, .broken, .untrusted, .answerTooLarge, .notGRPC:
                return .retry(after: nil, problem: error.description)
            }
        }
    }
}
