/// Sends a request again while its server cannot take it: after 429, 5xx, and where there was no answer.
///
/// A request may arrive twice, when only its answer was lost: who sends something that must not be done twice has to
/// look first. Blocks its thread during an exchange.
package struct RetryingClient: ~Copyable {
    /// How often a request is sent at most: with waits of 0.5, 1, 2, 4 and 8 s a restarting server is survived.
    package static let attemptCountMax = 6
    /// The first wait where the server names none; it doubles.
    static let pauseMin = Duration.milliseconds(500)
    /// The longest wait for one request in all; a server that asks for more is not waited for.
    package static let waitMax = Duration.seconds(60)

    /// How time passes.
    package struct Time: Sendable {
        /// Seconds since 1970, for a Retry-After that is a date.
        package var secondsSince1970: @Sendable () -> Int64

        /// Waits.
        package var sleep: @Sendable (Duration) async throws -> Void

        /// Describes how time passes.
        package init(
            secondsSince1970: @escaping @Sendable () -> Int64,
            sleep: @escaping @Sendable (Duration) async throws -> Void
        ) {
            self.secondsSince1970 = secondsSince1970
            self.sleep = sleep
        }
    }

    private var client: HTTPClient
    private let time: Time
    /// Told of each wait: why, and how long.
    private let onWait: (String, Duration) -> Void

    /// Sends through `client`.
    package init(
        _ client: consuming HTTPClient, time: Time, onWait: @escaping (String, Duration) -> Void = { _, _ in }
    ) {
        self.client = client
        self.time = time
        self.onWait = onWait
    }

    /// The answer to `request`; of a server that cannot take it to the end, its last one.
    ///
    /// - Throws: `DeliveryError` where there is no answer in the end; what `Time.sleep` throws.
    package mutating func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        var waited = Duration.zero
        var pause = Self.pauseMin
        var attemptCount = 0
        while true {
            attemptCount += 1
            let isLast = attemptCount >= Self.attemptCountMax
            let wait: Duration
            let reason: String
            do throws(DeliveryError) {
                let response = try client.send(request)
                let asked = response.headers["Retry-After"]
                    .flatMap { RetryAfter.wait($0, now: time.secondsSince1970()) }
                wait = asked ?? pause
                guard Self.isTemporary(response.status), !isLast, waited + wait <= Self.waitMax else {
                    return response
                }
                reason = "\(response.status)"
            } catch {
                guard Self.isTemporary(error), !isLast else { throw error }
                wait = pause
                reason = error.description
            }
            onWait(reason, wait)
            try await time.sleep(wait)
            waited += wait
            pause *= 2
        }
    }

    /// Whether the same request may be taken later; 501 says that it never will.
    private static func isTemporary(_ status: Int) -> Bool {
        status == 429 || (500...599).contains(status) && status != 501
    }

    private static func isTemporary(_ error: DeliveryError) -> Bool {
        switch error {
        case .unreachable, .timedOut, .broken: true
        case .badURL, .badHeader, .untrusted, .answerTooLarge, .notGRPC: false
        }
    }
}
